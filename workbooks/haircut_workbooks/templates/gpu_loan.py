"""The gpu_loan template: one GPU-backed term loan, from fleet and rent to three LTVs and a fair spread.

Every sheet has a row a quarter, the same row on each: row 7 is closing, row 8 the first quarter.
"""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.gpu_loan_inputs import SECTIONS
from haircut_workbooks.templates.gpu_loan_results import (
    add_checks,
    add_credit,
    add_facts,
    add_summary,
    arrange_summary,
)
from haircut_workbooks.templates.gpu_loan_scenario import add_scenario
from haircut_workbooks.templates.gpu_loan_stress import add_convergence, add_forced_sale
from haircut_workbooks.templates.sheets import TemplateBook, block
from haircut_workbooks.templates.timeline import ALL, HEADER, QUARTERS, cells, quarter_sheet

RELEASES = ("Release_Time_1", "Release_Time_2", "Release_Time_3")
VINTAGES = (1, 2, 3)


def gpu_loan() -> bytes:
    """Build the workbook; its formulas are not yet calculated."""
    book = TemplateBook("GPU loan underwriting")
    summary = add_summary(book)
    add_inputs(book)
    add_fleet(book)
    add_revenue(book)
    add_debt(book)
    add_collateral(book)
    add_liquidation(book)
    add_forced_sale(book)
    add_coverage(book)
    add_convergence(book)
    add_credit(book)
    add_scenario(book)
    add_checks(book)
    add_facts(book)
    arrange_summary(book, summary)
    return book.finished()


def add_inputs(book: TemplateBook) -> None:
    """Every input with its unit and its basis; then what follows from them."""
    sheet = book.sheet(
        "Inputs",
        "Inputs",
        "Cells on yellow are typed in; the basis says what is reported and what assumed.",
        (2, 36, 34, 26, 110),
        pages=0,
    )
    row = 3
    for title, items in SECTIONS:
        book.section(sheet, row, title, 4)
        first = row + 1
        row = book.inputs(sheet, first, items) + 1
        if items is SECTIONS[0][1]:
            book.name("Required", sheet, (first, 2), (row - 2, 2))
            book.name("Deal_Bases", sheet, (first, 4), (row - 2, 4))
    row = add_derived(book, sheet, row)
    sheet.freeze_panes(3, 0)


def add_derived(book: TemplateBook, sheet: Worksheet, row: int) -> int:
    """Quantities that several sheets use, each a formula of inputs."""
    derived = (
        ("Loan_Rate", "Loan rate", "=Base_Rate+Margin", "annual nominal", "rate"),
        ("Grace_Quarters", "Quarters before the fleet serves", "=ROUNDUP(MAX(0,In_Service_1)*4,0)", "interest in them is funded at closing", "count"),
        ("Maturity_Quarter", "Quarter of maturity", "=MAX(ROUND(Tenor_Years*4,0),Grace_Quarters+1)", "", "count"),
        ("Payments", "Payments", "=Maturity_Quarter-Grace_Quarters", "", "count"),
        ("Balloon", "Balloon", '=IF(Style="bullet",1,Balloon_Share)*Debt', "USD, to be refinanced", "money"),
        ("Opex_Per_Hour", "Power and hosting", "=Kw_Per_Gpu*Power_Price+Hosting_Cost", "USD/GPU-hour", "number"),
        ("Total_Cost", "Cost of the fleet", "=Gpus_1*Unit_Cost_1+Gpus_2*Unit_Cost_2+Gpus_3*Unit_Cost_3", "USD", "money"),
    )  # fmt: skip
    book.section(sheet, row, "Derived", 4)
    for name, label, formula, unit, style in derived:
        row += 1
        sheet.write(row, 1, label, book.style())
        sheet.write_formula(row, 2, formula, book.style(style, align="right"))
        sheet.write(row, 3, unit, book.style(font_color="#7B8794"))
        book.name(name, sheet, (row, 2))
    for title, stem, each in (
        ("Release times", "Release_Time", "Release_Time_{i}"),
        ("Value drops", "Release_Drop", "Release_Drop"),
        ("Rent drops", "Release_Rent_Drop", "Release_Rent_Drop"),
    ):
        row += 1
        sheet.write(row, 1, f"{title}, years and shares side by side", book.style(font_color="#7B8794"))
        for i in VINTAGES:
            sheet.write_formula(row, 1 + i, "=" + each.format(i=i), book.style("number", align="right"))
        book.name(f"{stem}s", sheet, (row, 2), (row, 4))
    return row + 1


def add_fleet(book: TemplateBook) -> None:
    """Vintage by vintage: what is owned, what earns, how old it is, what one GPU is worth."""
    sheet = quarter_sheet(book, "Fleet", "Fleet by vintage", "Owned and earning GPUs, age, and value per GPU: economic (steps at releases) and book.",
        ["Owned 1", "Owned 2", "Owned 3", "Earning 1", "Earning 2", "Earning 3", "Age 1", "Age 2", "Age 3", "Step value 1, USD", "Step value 2, USD", "Step value 3, USD",
         "Book 1, USD", "Book 2, USD", "Book 3, USD", "GPUs owned", "GPUs earning", "Step value, USD", "Book value, USD", "Bought, USD"])  # fmt: skip
    for v in VINTAGES:
        owned = "=Gpus_1" if v == 1 else f"=IF($C{{r}}>=In_Service_{v},Gpus_{v},0)"
        book.fill(sheet, ALL, 3 + v, owned, "count")
        book.fill(
            sheet,
            QUARTERS,
            6 + v,
            f"=IF(AND($C{{p}}>=In_Service_{v},$C{{p}}-In_Service_{v}<Physical_Life),Gpus_{v},0)",
            "count",
        )
        book.fill(sheet, ALL, 9 + v, f"=MAX(0,$C{{r}}-In_Service_{v})", "years")
        ages = cells(9 + v, ALL)
        row = HEADER + v
        for j, name in enumerate(RELEASES):
            sheet.write_formula(row, 26 + j, f"={name}-In_Service_{v}", book.style("years"))
        releases = f"$AA${row + 1}:$AC${row + 1}"
        step = f"=HC_STEP_VALUE(Unit_Cost_{v},{ages},Decay,{releases},Release_Drops,Floor_Share)"
        book.spill(sheet, ALL.start, 12 + v, (len(ALL), 1), step, ["money"])
        line = f"=HC_BOOK_VALUE(Unit_Cost_{v},{ages},Book_Life,Salvage_Share*Unit_Cost_{v})"
        book.spill(sheet, ALL.start, 15 + v, (len(ALL), 1), line, ["money"])
    book.heading(sheet, HEADER, ["Age at release 1", "at release 2", "at release 3"], 26)
    book.fill(sheet, ALL, 19, "=SUM(E{r}:G{r})", "count")
    book.fill(sheet, QUARTERS, 20, "=SUM(H{r}:J{r})", "count")
    book.fill(sheet, ALL, 21, "=SUMPRODUCT(E{r}:G{r},N{r}:P{r})", "money")
    book.fill(sheet, ALL, 22, "=SUMPRODUCT(E{r}:G{r},Q{r}:S{r})", "money")
    book.fill(sheet, QUARTERS, 23, "=(F{r}-F{p})*Unit_Cost_2+(G{r}-G{p})*Unit_Cost_3", "money")


def add_revenue(book: TemplateBook) -> None:
    """Rent, contracted and merchant revenue, costs, tax, CFADS."""
    sheet = quarter_sheet(book, "Revenue", "Revenue and cash flow", "Take-or-pay until the contract ends; merchant GPUs run only while the rent covers power and hosting.",
        ["Mid-quarter, years", "Market rent, USD/h", "Contracted share", "Merchant runs", "Rent sold at, USD/h", "Revenue per GPU, USD", "Revenue, USD", "Contracted, USD", "Merchant, USD",
         "Power and hosting, USD", "Other costs, USD", "EBITDA, USD", "Book depreciation, USD", "Taxable before interest", "Interest, USD", "Cash tax, USD", "CFADS, USD", "CFADS, tax without interest"])  # fmt: skip
    book.fill(sheet, QUARTERS, 4, "=C{r}-0.125", "number")
    curve = f"=HC_RENT_CURVE(Rent,Rent_Decline,{cells(4)},Release_Times,Release_Rent_Drops,Rent_Floor)"
    book.spill(sheet, QUARTERS.start, 5, (len(QUARTERS), 1), curve, ["rent"])
    book.fill(sheet, QUARTERS, 6, "=Contracted_Share*MAX(0,MIN(1,(Contract_Years-C{p})/0.25))", "share")
    book.fill(sheet, QUARTERS, 7, "=IF(Utilisation*Availability*F{r}>Opex_Per_Hour,1,0)", "count")
    book.fill(sheet, QUARTERS, 8, "=F{r}*H{r}", "rent")
    revenue = f"=HC_GPU_REVENUE(1,Utilisation,{cells(8)},Contract_Rent,{cells(6)},Availability,4)"
    book.spill(sheet, QUARTERS.start, 9, (len(QUARTERS), 1), revenue, ["money"])
    book.fill(sheet, QUARTERS, 10, "=J{r}*Fleet!U{r}", "money")
    book.fill(sheet, QUARTERS, 11, "=Fleet!U{r}*2190*Availability*G{r}*Contract_Rent", "money")
    book.fill(sheet, QUARTERS, 12, "=Fleet!U{r}*2190*Availability*(1-G{r})*Utilisation*I{r}", "money")
    book.fill(sheet, QUARTERS, 13, "=Fleet!U{r}*2190*(G{r}+(1-G{r})*H{r})*Opex_Per_Hour", "money")
    book.fill(sheet, QUARTERS, 14, "=Other_Cost/4", "money")
    book.fill(sheet, QUARTERS, 15, "=K{r}-N{r}-O{r}", "money")
    book.fill(sheet, QUARTERS, 16, "=Fleet!W{p}+Fleet!X{r}-Fleet!W{r}", "money")
    book.fill(sheet, QUARTERS, 17, "=P{r}-Q{r}", "money")
    book.fill(sheet, QUARTERS, 18, "=Debt!F{r}", "money")
    book.fill(sheet, QUARTERS, 19, "=Tax_Rate*MAX(0,R{r}-S{r})", "money")
    book.fill(sheet, QUARTERS, 20, "=P{r}-T{r}", "money", bold=True)
    book.fill(sheet, QUARTERS, 21, "=P{r}-Tax_Rate*MAX(0,R{r})", "money")


def add_debt(book: TemplateBook) -> None:
    """The loan as agreed, and the loan that the cash would carry at the sizing DSCR."""
    sheet = quarter_sheet(book, "Debt", "Debt", "The agreed schedule, interest funded until the fleet serves; beside it the debt sculpted to the cash.",
        ["Opening, USD", "Interest, USD", "Principal, USD", "Balloon, USD", "Scheduled service, USD", "Closing, USD", "Funded interest, USD", "",
         "Schedule: opening", "interest", "principal", "debt service", "closing", "", "CFADS to maturity", "Taxable to maturity",
         "Sculpted: opening", "interest", "principal", "debt service", "closing", "Grows?"])  # fmt: skip
    schedule = "=HC_DEBT_SCHEDULE(Debt,Loan_Rate,Payments,Style,Balloon_Share,4,FALSE)"
    book.spill(sheet, QUARTERS.start, 12, (20, 5), schedule, ["money"] * 5)
    for row in QUARTERS:
        for column in range(12, 17):
            if row >= QUARTERS.start + 20:
                sheet.write_blank(row, column, None, book.style("money"))
    paying = "AND(B{r}>Grace_Quarters,B{r}<=Maturity_Quarter)"
    waiting = "B{r}<=Grace_Quarters"
    book.fill(sheet, QUARTERS, 4, "=J{p}", "money")
    book.fill(sheet, QUARTERS, 5, "=E{r}*Loan_Rate/4", "money")
    book.fill(
        sheet, QUARTERS, 6, f"=IF({paying},INDEX({cells(14)},MAX(1,B{{r}}-Grace_Quarters)),0)-H{{r}}", "money"
    )
    book.fill(sheet, QUARTERS, 7, "=IF(B{r}=Maturity_Quarter,Balloon,0)", "money")
    book.fill(sheet, QUARTERS, 8, f"=IF({waiting},0,F{{r}}+G{{r}})", "money")
    sheet.write_formula(ALL.start, 9, "=Debt", book.style("money"))
    book.fill(sheet, QUARTERS, 9, "=IF(B{r}>=Maturity_Quarter,0,E{r}-G{r}-H{r})", "money", bold=True)
    book.fill(sheet, QUARTERS, 10, f"=IF({waiting},F{{r}},0)", "money")
    book.fill(sheet, QUARTERS, 18, f"=IF({paying},Revenue!V{{r}},0)", "money")
    book.fill(sheet, QUARTERS, 19, f"=IF({paying},MAX(0,Revenue!R{{r}}),0)", "money")
    sculpt = f"=HC_DEBT_SCULPT({cells(18)},Target_DSCR,Loan_Rate,Tax_Rate,4,{cells(19)},FALSE)"
    book.spill(sheet, QUARTERS.start, 20, (len(QUARTERS), 6), sculpt, ["money"] * 5 + ["general"])
    levered = book.style("money")
    book.heading(sheet, HEADER, ["CFADS after interest tax, to maturity"], 27)
    for row in QUARTERS:
        sheet.write_formula(row, 27, f"=IF({paying},Revenue!U{{r}},0)".format(r=row + 1), levered)


def add_collateral(book: TemplateBook) -> None:
    """Three values of the same fleet, the lowest of them, and which one binds."""
    sheet = quarter_sheet(book, "Collateral", "Collateral", "One fleet, three values: book, economic with steps, implied by the rent it can still earn.",
        ["Market rent, USD/h", "Life left 1", "Life left 2", "Life left 3", "Rent value 1, USD", "Rent value 2, USD", "Rent value 3, USD",
         "Book, USD", "Step, USD", "Rent-implied, USD", "Lowest, USD", "Binding", "Economic, USD", "Debt, USD", "Tie to the least", "Contract uplift, USD", "PV of uplift to come", "Economic with contract", "Value lost a year", "Serves from 1", "Serves from 2", "Serves from 3", "Rent then 1", "Rent then 2", "Rent then 3"])  # fmt: skip
    curve = f"=HC_RENT_CURVE(Rent,Rent_Decline,{cells(2, ALL)},Release_Times,Release_Rent_Drops,Rent_Floor)"
    book.spill(sheet, ALL.start, 4, (len(ALL), 1), curve, ["rent"])
    for v in VINTAGES:
        age = "KLM"[v - 1]
        book.fill(sheet, ALL, 4 + v, f"=MAX(0,Physical_Life-Fleet!{age}{{r}})", "years")
        value = f"=HC_RENT_VALUE({cells(25 + v, ALL)},Rent_Decline,Opex_Per_Hour,Discount_Rate,{cells(4 + v, ALL)},Utilisation*Availability,Scrap)/(1+Discount_Rate)^({cells(22 + v, ALL)}-{cells(2, ALL)})"
        # A vintage earns nothing before it serves: value it at that date, and discount back.
        book.fill(sheet, ALL, 22 + v, f"=MAX(C{{r}},In_Service_{v})", "years")
        served = f"=HC_RENT_CURVE(Rent,Rent_Decline,{cells(22 + v, ALL)},Release_Times,Release_Rent_Drops,Rent_Floor)"
        book.spill(sheet, ALL.start, 25 + v, (len(ALL), 1), served, ["rent"])
        book.spill(sheet, ALL.start, 7 + v, (len(ALL), 1), value, ["money"])
    book.fill(sheet, ALL, 11, "=Fleet!W{r}", "money")
    book.fill(sheet, ALL, 12, "=Fleet!V{r}", "money")
    book.fill(sheet, ALL, 13, "=SUMPRODUCT(Fleet!E{r}:G{r},I{r}:K{r})", "money")
    lowest = f"=HC_COLLATERAL_VALUE({cells(11, ALL)},{cells(12, ALL)},{cells(13, ALL)},,FALSE)"
    book.spill(sheet, ALL.start, 14, (len(ALL), 2), lowest, ["money", "general"])
    book.fill(sheet, ALL, 16, "=MIN(M{r},N{r})", "money", bold=True)
    book.fill(sheet, ALL, 17, "=Debt!J{r}", "money")
    book.fill(sheet, ALL, 18, "=O{r}-MIN(L{r}:N{r})", "money")
    uplift = "=Fleet!U{r}*2190*Revenue!G{r}*(Availability*(Contract_Rent-Utilisation*Revenue!I{r})-(1-Revenue!H{r})*Opex_Per_Hour)"
    book.fill(sheet, QUARTERS, 19, uplift, "money")
    book.fill(
        sheet,
        range(ALL.start, ALL.stop - 1),
        20,
        "=(T{n}+U{n})*((1-Counterparty_PD)/(1+Discount_Rate))^0.25",
        "money",
    )
    sheet.write(ALL.stop - 1, 20, 0, book.style("money"))
    book.fill(sheet, ALL, 21, "=MAX(0,Q{r}+U{r})", "money", bold=True)
    for row in ALL:
        here, later = f"Q{row + 1}", f"Q{min(row + 5, ALL.stop)}"
        years = min(4, ALL.stop - 1 - row) / 4
        slope = f"=IF(AND({here}>0,{later}>0),MAX(0,-LN({later}/{here})/{years}),0)" if years else f"=W{row}"
        sheet.write_formula(row, 22, slope, book.style("rate"))


def add_liquidation(book: TemplateBook) -> None:
    """A default at each date: months to sell, proceeds, loss."""
    sheet = quarter_sheet(book, "Liquidation", "Liquidation, uncalibrated", "If the loan defaulted at each date: everything here rests on an assumed market depth.",
        ["GPUs", "Economic value each, USD", "Exposure, USD", "Months to sell", "Proceeds, USD", "Loss given default", "Shortfall, USD", "LGD for pricing", "Exposure / proceeds"])  # fmt: skip
    book.fill(sheet, ALL, 4, "=Fleet!T{r}", "count")
    book.fill(sheet, ALL, 5, "=IF(E{r}>0,Collateral!Q{r}/E{r},0)", "money")
    # A default is a payment missed: what was owed before it, and the interest of the quarter.
    sheet.write_formula(ALL.start, 6, "=Debt", book.style("money"))
    book.fill(sheet, QUARTERS, 6, "=Debt!E{r}+Debt!F{r}-Debt!K{r}", "money")
    book.fill(sheet, ALL, 12, "=IF(AND(G{r}>0,I{r}>0),G{r}/I{r},0)", "share")
    book.fill(
        sheet,
        ALL,
        7,
        "=IF(E{r}>0,HC_MONTHS_TO_SELL(E{r},Kw_Per_Gpu,Hosting_MW_Per_Month,Hostable_Share),0)",
        "rent",
    )
    sale = "HC_LIQUIDATION(E{r},F{r},H{r},Depth,Depth_Recovery,Other_Units,Collateral!W{r},Discount_Rate,Carry,Exit_Cost,Legal_Months,FALSE)"
    book.fill(sheet, ALL, 8, f"=IF(E{{r}}>0,MAX(0,INDEX({sale},1,10)),0)", "money")
    book.fill(sheet, ALL, 9, '=IF(G{r}>0,HC_LGD(G{r},I{r}),"")', "share")
    book.fill(sheet, ALL, 10, "=MAX(0,G{r}-I{r})", "money")
    book.fill(sheet, ALL, 11, "=IF(G{r}>0,J{r},0)", "share")


def add_coverage(book: TemplateBook) -> None:
    """DSCR against its covenant and the three LTVs against their limit, quarter by quarter."""
    sheet = quarter_sheet(book, "Coverage", "Coverage and LTV", "Every test at every date; #N/A where nothing is due or owed.",
        ["CFADS, USD", "Scheduled service, USD", "DSCR", "Covenant", "Below", "Book LTV", "Economic LTV", "Liquidation LTV", "Book LTV, owed", "Economic LTV, owed", "Liquidation LTV, owed", "Limit", "Above", "With contract, owed"])  # fmt: skip
    book.fill(sheet, QUARTERS, 4, "=Revenue!U{r}", "money")
    book.fill(sheet, QUARTERS, 5, "=Debt!I{r}", "money")
    book.spill(sheet, QUARTERS.start, 6, (len(QUARTERS), 1), f"=HC_DSCR({cells(4)},{cells(5)})", ["multiple"])
    book.fill(sheet, QUARTERS, 7, "=Min_DSCR", "multiple")
    book.fill(sheet, QUARTERS, 8, "=IF(F{r}>0,IF(G{r}<H{r},1,0),0)", "count")
    columns = [block("Collateral", ALL, column) for column in (17, 11, 16)] + [block("Liquidation", ALL, 8)]
    book.spill(
        sheet, ALL.start, 9, (len(ALL), 3), f"=HC_LIQUIDATION_LTV({','.join(columns)},FALSE)", ["share"] * 3
    )
    for i, letter in enumerate("JKL"):
        book.fill(sheet, ALL, 12 + i, f"=IF(Collateral!R{{r}}>0,{letter}{{r}},NA())", "share")
    book.fill(sheet, ALL, 15, "=Max_LTV", "share")
    book.fill(sheet, ALL, 16, '=IF(AND(Collateral!R{r}>0,Limit_On="value"),IF(K{r}>P{r},1,0),0)', "count")
    with_contract = "=IF(AND(Collateral!R{r}>0,Collateral!V{r}>0),Collateral!R{r}/Collateral!V{r},NA())"
    book.fill(sheet, ALL, 17, with_contract, "share")
    errors = book.style("general", font_color="#CBD2D9")
    sheet.conditional_format(ALL.start, 6, ALL.stop - 1, 17, {"type": "errors", "format": errors})
