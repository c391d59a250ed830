"""The same project under utility-grade and technology-grade assumptions, side by side."""

from haircut_workbooks.templates.cover import line_chart
from haircut_workbooks.templates.data_centre_project.case import MONEY, Case, operation, sculpted, worth
from haircut_workbooks.templates.data_centre_project.sizing import FAIR
from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import GREY, TemplateBook

UTILITY = Case(
    "u_",
    downtime="0",
    next_rent="Utility_Rent",
    growth="Utility_Growth",
    life="Utility_Life",
    fit_out_periods="Utility_IT_Periods",
    decay="(1/Utility_Life)",
    step_time="Utility_Life",
    step_drop="0",
)
TECHNOLOGY = Case(
    "t_",
    next_rent="Technology_Rent",
    growth="Technology_Growth",
    life="Technology_Life",
)
VIEWS = (("Utility", UTILITY, "Utility-grade"), ("Technology", TECHNOLOGY, "Technology-grade"))
COMPARED = (
    ("Life of shell, power and cooling, years", "=Utility_Life", "=Technology_Life", "=Shell_Life", "years"),
    ("Life of the fit-out, years", "=Utility_Life", "=IT_Life", "=IT_Life", "years"),
    ("Rent after the lease, share of its first", "=Utility_Rent", "=Technology_Rent", "=Relet_Share*Relet_Occupancy", "share"),
    ("Growth of that rent a year", "=Utility_Growth", "=Technology_Growth", "=Relet_Growth", "share"),
    ("Worth at the end beside land, share of cost", "=Utility_Residual", "=Technology_Residual", "=0", "share"),
    ("Repayment, years from service", "=Utility_Tenor", "=Technology_Repays", "=Tenor_Years", "years"),
    ("DSCR for sculpting", "=Utility_DSCR", "=Technology_DSCR", "=Target_DSCR", "multiple"),
)  # fmt: skip
"""What is assumed: label, the two views, this deal, format."""


def add_views(time: Timeline) -> None:
    """Cash, value and debt of each view through time; then the debt of the one on the facts of the other."""
    sheet = time.sheet("Views by period", "Two views of one project, by period", "The lease and the costs are the same. What differs is what comes after the lease, how long things last, and so how much debt, for how long.")  # fmt: skip
    for name, case, title in VIEWS:
        p = case.prefix
        sheet.section(title)
        operation(sheet, case)
        worth(sheet, case, "a_built", f"{name}_Residual*(Shell_Agreed+IT_Agreed)")
        sheet.section(f"{title}: debt, payment by payment")
        place = "MIN(Periods,Agreed_Completion+{period})"
        repaid = "Utility_Tenor" if name == "Utility" else "Technology_Repays"
        sheet.line(f"{p}counted", "Repayment", "1: yes", "flag", f"=IF({{period}}<=ROUND({repaid}*Periods_Per_Year,0),1,0)")  # fmt: skip
        sheet.line(f"{p}cash", "CFADS to sculpt", *MONEY, f"={{{p}counted}}*MAX(0,INDEX({{{p}unlevered:}},{place}))")  # fmt: skip
        sheet.line(f"{p}income", "Taxable income", *MONEY, f"={{{p}counted}}*MAX(0,INDEX({{{p}taxable:}},{place}))")  # fmt: skip
        sculpted(sheet, f"{p}s_", f"{p}cash", f"{p}income", f"{name}_DSCR")
        sheet.section(f"{title}: debt by date")
        sheet.line(f"{p}owed", "Debt, from completion on", *MONEY, f"=IF({{period}}>=Agreed_Completion,{name}_Scale*INDEX({{{p}s_opening:}},MIN(Periods,{{period}}-Agreed_Completion+1)),0)", closing="=0", bold=True)  # fmt: skip
        sheet.line(f"{p}due", "Debt service", *MONEY, f"=IF({{period}}>Agreed_Completion,{name}_Scale*INDEX({{{p}s_service:}},MAX(1,{{period}}-Agreed_Completion)),0)")  # fmt: skip
        sheet.line(f"{p}ltv", "Loan to value, 0 where nothing is owed", "share", "share", f"=IF(AND({{{p}owed}}>Cent,{{{p}economic}}>0),{{{p}owed}}/{{{p}economic}},0)")  # fmt: skip
    sheet.section("Utility-grade debt on technology-grade facts")
    sheet.line("x_cfads", "CFADS, tax relief on that debt's interest counted", *MONEY, "={t_before_tax}-Tax_Rate*MAX(0,{t_taxable}-Period_Rate*{u_owed<})")  # fmt: skip
    sheet.spill("=HC_DSCR({x_cfads:},{u_due:})", ("x_dscr", "DSCR", "x", "multiple"))
    sheet.line("x_left", "Cash kept, at most a half-year's service", *MONEY, "=MIN({u_due},{x_left<}+{x_cfads}-{u_due})", closing="=0")  # fmt: skip
    sheet.line("x_dry", "Run dry", "1: yes", "flag", "=MAX({x_dry<},IF({x_left}<-Cent,IF({u_owed<}>Cent,1,0),0))", closing="=0")  # fmt: skip
    sheet.line("x_ltv", "Loan to value, 0 where nothing is owed", "share", "share", "=IF(AND({u_owed}>Cent,{t_economic}>0),{u_owed}/{t_economic},0)")  # fmt: skip
    sheet.line("x_pd", "Cumulative PD", "share", "share", "=IF({x_dry}=1,1,1-(1-Tenant_PD)^{years})")  # fmt: skip
    sheet.line("tenant_pd", "Cumulative PD of the tenant", "share", "share", "=1-(1-Tenant_PD)^{years}")
    sheet.line("x_exposure", "Utility-grade debt at the start", *MONEY, "={u_owed<}")
    sheet.line("t_exposure", "Technology-grade debt at the start", *MONEY, "={t_owed<}")
    dark = "MIN({t_economic<},{sale_dark<})"
    for key in ("x", "t"):
        sheet.line(f"{key}_lgd", f"LGD of {'utility' if key == 'x' else 'technology'}-grade debt, tenant gone", "share", "share", f"=IF({{{key}_exposure}}>Cent,MAX(0,1-{dark}/{{{key}_exposure}})*(1-Backstop_Share),0)")  # fmt: skip


def _spread(pd: str, lgd: str, exposure: str) -> str:
    return f"=IFERROR(HC_FAIR_SPREAD({{{pd}:}},{{{lgd}:}},{{{exposure}:}},{{years:}},{FAIR},NA())"


def _at_completion(key: str) -> str:
    return f"INDEX({{{key}:}},Agreed_Completion)"


def _on_scrap(p: str) -> str:
    """What is owed when the fit-out is scrap."""
    return f"=HC_BALLOON_ON_SCRAP({{{p}_owed::}},{{years::}},Agreed_Completion/Periods_Per_Year+IT_Life)"


RESULTS = (
    ("Debt that the cash repays, USD m", "=INDEX({u_s_opening:},1)", "=INDEX({t_s_opening:},1)", "=Cash_Loan", "mn", "Utility_Sculpted", "Technology_Sculpted"),
    ("Share of it within what is asked for", *(f"=IF({name}_Sculpted>0,MIN(1,Gearing_Loan/{name}_Sculpted),1)" for name, *_ in VIEWS), "=MIN(1,Term_Loan/Cash_Loan)", "share", "Utility_Scale", "Technology_Scale"),
    ("Loan, USD m", f"={_at_completion('u_owed')}", f"={_at_completion('t_owed')}", "=Term_Loan", "mn", "Utility_Debt", "Technology_Debt"),
    ("Debt over cost", "=Utility_Debt/{a_uses#}", "=Technology_Debt/{a_uses#}", "=Term_Loan/{a_uses#}", "share", "", ""),
    ("Value at completion, USD m", f"={_at_completion('u_economic')}", f"={_at_completion('t_economic')}", f"={_at_completion('a_economic')}", "mn", "Utility_Value", "Technology_Value"),
    ("LTV at completion", "=Utility_Debt/Utility_Value", "=Technology_Debt/Technology_Value", f"=Term_Loan/{_at_completion('a_economic')}", "share", "", ""),
    ("Highest LTV", "=MAX({u_ltv:})", "=MAX({t_ltv:})", "=MAX({ltv_seen:})", "share", "", ""),
    ("Debt when the fit-out is scrap, USD m", _on_scrap("u"), _on_scrap("t"), "=On_Scrap", "mn", "", ""),
    ("Fair spread by each one's own lights", _spread("utility_pd", "utility_lgd", "x_exposure"), _spread("tenant_pd", "t_lgd", "t_exposure"), "=Fair_Spread", "bp", "", ""),
)  # fmt: skip
"""What follows: label, the two views, this deal, format, names of the first two."""
ILLUSION = (
    ("", "Debt that vanishes with the assumptions, USD m", "=Utility_Debt-Technology_Debt", "mn"),
    ("Illusion_DSCR", "Lowest DSCR of the utility-grade debt", "=HC_DSCR_MIN({x_cfads:},{u_due:})", "multiple"),
    ("", "Half-year from closing in which its cash runs dry (none: #N/A)", "=IF(MAX({x_dry:})=1,MATCH(1,{x_dry:},0),NA())", "count"),
    ("", "Half-years in which cash does not cover its service", "=SUMPRODUCT(({x_cfads:}<{u_due:})*({u_due:}>0))", "count"),
    ("", "Its LTV at completion", "=Utility_Debt/Technology_Value", "share"),
    ("", "Its highest LTV", "=MAX({x_ltv:})", "share"),
    ("Illusion_Spread", "Its fair spread (uncalibrated)", _spread("x_pd", "x_lgd", "x_exposure"), "bp"),
)  # fmt: skip


def add_two_views(book: TemplateBook, time: Timeline) -> None:
    """The table that sets the two views and this deal side by side, and its charts."""
    sheet = book.sheet("Two views", "One project, two views", "Left: a lender who sees a utility. Middle: one who sees technology. Right: this deal. Same lease, same costs, same base rate and margin.", [2, 56, 18, 18, 18, 3, 14, 14, 14])  # fmt: skip
    sheet.write_formula(2, 1, "=Deal", book.style(bold=True))
    book.heading(sheet, 3, ["", "Utility-grade", "Technology-grade", "This deal"])
    row = 4
    book.section(sheet, row, "What is assumed", 4)
    lines = [(*item, "", "") for item in COMPARED]
    for block, title in ((lines, ""), (RESULTS, "What follows")):
        if title:
            row += 1
            book.section(sheet, row + 1, title, 4)
            row += 1
        for label, *formulas, style, first, second in block:
            row += 1
            sheet.write(row, 1, label, book.style())
            for column, formula in enumerate(formulas, start=2):
                book.formula(sheet, row, column, time.text(formula), style, bold=bool(title))
            for name, column in ((first, 2), (second, 3)):
                if name:
                    book.name(name, sheet, (row, column))
    row += 2
    book.section(sheet, row, "Utility-grade debt on technology-grade facts", 4)
    for name, label, formula, style in ILLUSION:
        row += 1
        sheet.write(row, 1, label, book.style())
        book.formula(sheet, row, 2, time.text(formula), style, bold=True)
        if name:
            book.name(name, sheet, (row, 2))
    note = "Technology-grade repayment ends with the lease at the latest. Its LGD is that of the live case's empty site, or the technology-grade value if lower."
    sheet.write(row + 1, 1, note, book.style(italic=True, font_color=GREY))
    dates = time.text("{date:}")
    for corner, title, series in (
        (1, "Value and debt, USD m", (("Value, utility-grade", "u_economic"), ("Debt, utility-grade", "u_owed"), ("Value, technology-grade", "t_economic"), ("Debt, technology-grade", "t_owed"))),
        (3, "Cash and debt service, USD m a half-year", (("CFADS, utility-grade", "u_unlevered"), ("Service, utility-grade", "u_due"), ("CFADS, technology-grade", "t_unlevered"), ("Service, technology-grade", "t_due"))),
    ):  # fmt: skip
        chart = line_chart(book, title, dates, [(label, time.text(f"{{{key}:}}")) for label, key in series], "0,,", "yyyy", every=8)  # fmt: skip
        chart.set_size({"width": 545, "height": 300})
        sheet.insert_chart(row + 3, corner, chart, {"x_offset": 2 if corner == 1 else 30, "y_offset": 2})
    sheet.print_area(0, 0, row + 20, 9)
