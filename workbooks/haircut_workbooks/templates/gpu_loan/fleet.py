"""Sheets Fleet and Cash flow: what is owned, what it earns, what is left to serve the debt."""

from haircut_workbooks.templates.gpu_loan.inputs import VINTAGES
from haircut_workbooks.templates.lines import Timeline, TimeSheet

FACTOR = {1: "1", 2: "Rent_Factor_2", 3: "Rent_Factor_3"}
"""Rent of a vintage over the first one's."""
OPEX = {1: "Opex_Per_Hour", 2: "Opex_Per_Hour_2", 3: "Opex_Per_Hour_3"}
CONTRACT_END = {1: "Contract_Years", 2: "Contract_Years_2", 3: "Contract_Years_3"}
ORDINAL = {1: "first", 2: "second", 3: "third"}


def total(stem: str, mark: str = "") -> str:
    """Sum of a line over the vintages.

    >>> total("cost")
    '={cost_1}+{cost_2}+{cost_3}'
    """
    return "=" + "+".join(f"{{{stem}_{v}{mark}}}" for v in VINTAGES)


def add_fleet(time: Timeline) -> None:
    """Vintage by vintage: what is owned, what earns, how old it is, what one GPU is worth."""
    sheet = time.sheet(
        "Fleet",
        "Fleet by vintage",
        "Owned and earning GPUs, age, and value per GPU: economic (steps at releases) and book.",
    )
    for v in VINTAGES:
        sheet.section(f"{ORDINAL[v].capitalize()} vintage")
        owned = "=Gpus_1" if v == 1 else f"=IF({{years}}>=In_Service_{v}-Commissioning,Gpus_{v},0)"
        sheet.line(f"owned_{v}", "Owned", "GPUs", "count", owned, closing=owned)
        sheet.line(
            f"earning_{v}", "Earning", "GPUs", "count",
            f"=IF(AND({{years<}}>=In_Service_{v},{{years<}}-In_Service_{v}<Physical_Life),Gpus_{v},0)",
        )  # fmt: skip
        age = f"=MAX(0,{{years}}-In_Service_{v})"
        sheet.line(f"age_{v}", "Age", "years", "years", age, closing=age)
        sheet.spill(
            f"=HC_STEP_VALUE(Unit_Cost_{v},{{age_{v}::}},Decay,Release_Ages_{v},Live_Release_Drops,Floor_Share)",
            (f"step_{v}", "Step value of one", "USD", "money"),
            closing=True,
        )
        sheet.spill(
            f"=HC_BOOK_VALUE(Unit_Cost_{v},{{age_{v}::}},Book_Life,Salvage_Share*Unit_Cost_{v})",
            (f"book_{v}", "Book value of one", "USD", "money"),
            closing=True,
        )
    sheet.section("Fleet")
    sheet.line("owned", "GPUs owned", "GPUs", "count", total("owned"), closing=total("owned"), bold=True)
    sheet.line("earning", "GPUs earning", "GPUs", "count", total("earning"))
    _weighted(sheet, "step_value", "Step value", "USD m", "mn", "{step_1}", "{step_2}", "{step_3}")
    _weighted(sheet, "book_value", "Book value", "USD m", "mn", "{book_1}", "{book_2}", "{book_3}")
    sheet.line(
        "bought", "Bought", "USD m", "mn",
        "=" + "+".join(f"({{owned_{v}}}-{{owned_{v}<}})*Unit_Cost_{v}" for v in VINTAGES),
        closing="=" + "+".join(f"{{owned_{v}}}*Unit_Cost_{v}" for v in VINTAGES),
        total=True,
    )  # fmt: skip
    for key, label, unit, each in (
        ("kw", "Power of one GPU, average", "kW", ("Kw_Per_Gpu", "Kw_Per_Gpu_2", "Kw_Per_Gpu_3")),
        ("factor", "Rent over the first vintage's, average", "multiple", tuple(FACTOR.values())),
    ):
        mean = "=(" + "+".join(f"{{owned_{v}}}*{each[v - 1]}" for v in VINTAGES) + ")/{owned}"
        sheet.line(key, label, unit, "rent", mean, closing=mean)


def _weighted(sheet: TimeSheet, key: str, label: str, unit: str, style: str, *each: str) -> None:
    formula = "=" + "+".join(f"{{owned_{v}}}*{each[v - 1]}" for v in VINTAGES)
    sheet.line(key, label, unit, style, formula, closing=formula)


def add_cash_flow(time: Timeline) -> None:
    """Rent, contracted and merchant revenue, costs, tax, CFADS."""
    sheet = time.sheet(
        "Cash flow", "Revenue and cash flow", "Take-or-pay until the contract ends; merchant GPUs run only while the rent covers power and hosting."
    )  # fmt: skip
    sheet.section("Market")
    sheet.line("mid", "Middle of the quarter", "years", "number", "=AVERAGE({years<},{years})")
    curve = "=HC_RENT_CURVE(Live_Rent,Live_Rent_Decline,{mid:},Live_Release_Times,Live_Release_Rent_Drops,Rent_Floor)"
    sheet.spill(curve, ("rent", "Market rent, first vintage", "USD/h", "rent"))
    for v in VINTAGES:
        _vintage_cash(sheet, v)
    sheet.section("Cash flow available for debt service")
    sheet.line("due_contract", "Contracted revenue due", "USD m", "mn", total("contracted"), total=True)
    sheet.line(
        "contracted",
        "Contracted revenue received",
        "USD m",
        "mn",
        "={due_contract}*Live_Realisation",
        total=True,
    )
    sheet.line("merchant", "Merchant revenue", "USD m", "mn", total("merchant"), total=True)
    sheet.line("revenue", "Revenue", "USD m", "mn", "={contracted}+{merchant}", total=True, bold=True)
    net = "+".join(f"{{earning_{v}}}*{{share_{v}}}*{OPEX[v]}" for v in VINTAGES)
    sheet.line(
        "contract_net",
        "Contracted revenue less its own cost",
        "USD m",
        "mn",
        f"={{contracted}}-Hours_Per_Period*({net})",
    )
    sheet.line("opex", "Power and hosting", "USD m", "mn", "=-(" + total("cost")[1:] + ")", total=True)
    sheet.line("other", "Other costs", "USD m", "mn", "=-Other_Cost/Periods_Per_Year", total=True)
    sheet.line("ebitda", "EBITDA", "USD m", "mn", "={revenue}+{opex}+{other}", total=True, bold=True)
    sheet.line(
        "depreciation", "Book depreciation", "USD m", "mn", "={book_value<}+{bought}-{book_value}", total=True
    )
    sheet.line("taxable", "Taxable before interest", "USD m", "mn", "={ebitda}-{depreciation}", total=True)
    sheet.line("deducted", "Interest and fee", "USD m", "mn", "={interest}+{fee}", total=True)
    sheet.line("tax", "Cash tax", "USD m", "mn", "=-Tax_Rate*MAX(0,{taxable}-{deducted})", total=True)
    sheet.line("cfads", "CFADS", "USD m", "mn", "={ebitda}+{tax}", total=True, bold=True)
    sheet.line(
        "unlevered",
        "CFADS, taxed without interest",
        "USD m",
        "mn",
        "={ebitda}-Tax_Rate*MAX(0,{taxable})",
        total=True,
    )


def _vintage_cash(sheet: TimeSheet, v: int) -> None:
    sheet.section(f"{ORDINAL[v].capitalize()} vintage")
    own = "" if v == 1 else f"*{FACTOR[v]}"
    rent, hours = f"{{rent}}{own}", f"{{earning_{v}}}*Hours_Per_Period"
    share, runs = f"{{share_{v}}}", f"{{runs_{v}}}"
    sheet.line(
        f"share_{v}", "Under contract", "share", "share",
        f"=Contracted_Share*MAX(0,MIN(1,({CONTRACT_END[v]}-{{years<}})*Periods_Per_Year))",
    )  # fmt: skip
    sheet.line(
        f"runs_{v}",
        "Merchant GPUs run",
        "1: yes",
        "flag",
        f"=IF(Utilisation*Availability*{rent}>{OPEX[v]},1,0)",
    )
    sheet.line(
        f"contracted_{v}", "Contracted revenue due", "USD m", "mn",
        f"={hours}*Availability*{share}*Contract_Rent{own}", total=True,
    )  # fmt: skip
    sheet.line(
        f"merchant_{v}", "Merchant revenue", "USD m", "mn",
        f"={hours}*Availability*(1-{share})*Utilisation*{rent}*{runs}", total=True,
    )  # fmt: skip
    sheet.line(
        f"cost_{v}", "Power and hosting", "USD m", "mn",
        f"={hours}*({share}+(1-{share})*{runs})*{OPEX[v]}", total=True,
    )  # fmt: skip
    if v == 1:
        sheet.spill(
            "=HC_GPU_REVENUE(1,Utilisation,{rent:}*{runs_1:},Contract_Rent,{share_1:},Availability,Periods_Per_Year)",
            ("per_gpu", "Revenue of one, by HC_GPU_REVENUE", "USD", "money"),
        )
