"""Sheets Credit and Market readings: what the spread must pay, and what was read in the market."""

from xlsxwriter.worksheet import Worksheet

from haircut_workbooks.templates.lines import Timeline
from haircut_workbooks.templates.sheets import GREY, Result, TemplateBook

READINGS = (
    "dscr_covenant_ddtl_4", "dscr_sizing_ddtl_4", "advance_rate_ddtl_4", "spread_ddtl_4",
    "rent_h100_contract_2025_10", "rent_h100_contract_2026_03", "vintage_factor_y1", "vintage_factor_y2",
    "vintage_factor_y3", "vintage_factor_y4",
)  # fmt: skip


def add_credit(time: Timeline) -> None:
    """Cumulative PD, LGD and exposure; default is certain where the base case runs dry with every dollar kept."""
    sheet = time.sheet(
        "Credit", "Price of credit", "The deal's own LGD path (uncalibrated) and its stated PD; certain default where the cash, all of it kept, runs dry."
    )  # fmt: skip
    sheet.section("Path of credit")
    sheet.line(
        "kept",
        "Cash kept since closing, were all of it kept",
        "USD m",
        "mn",
        "={kept<}+{cfads}-{service}",
        closing="=0",
    )
    sheet.line(
        "dry", "Runs dry", "1: yes", "flag", "=IF(AND({service}>0,{kept}<-Cent),1,{dry<})", closing="=0"
    )
    sheet.line("pd", "Cumulative probability of default", "share", "share", "=IF({dry}=1,1,1-(1-PD)^{years})")
    sheet.line("loss", "Loss given default, uncalibrated", "share", "share", "={lgd}")
    sheet.line("at_risk", "Exposure", "USD m", "mn", "={opening}")


def price_sheet(book: TemplateBook) -> Worksheet:
    """Add the sheet of prices; it is filled when the lines are declared."""
    return book.sheet(
        "Price",
        "Quoted against fair spread",
        "What the lender is paid, and what the risk costs.",
        [2, 66, 26],
    )


def fill_price(book: TemplateBook, sheet: Worksheet, time: Timeline) -> None:
    """Fair spread from the path, the gap to the quoted one, and the haircut that would have been enough."""
    series = "{pd:},{loss:},{at_risk:},{years:}"
    lines = (
        Result("Fair_Spread", "Fair spread, uncalibrated", time.text(f"=HC_FAIR_SPREAD({series},(1+Base_Rate/Periods_Per_Year)^Periods_Per_Year-1,Hurdle,Asset_Correlation,Capital_Confidence,Liquidity_Premium)"), "bp"),
        Result("", "Quoted spread", "=Quoted_Spread", "bp"),
        Result("", "Quoted spread with the upfront fee", "=All_In_Spread", "bp"),
        Result("Spread_Gap", "Quoted less fair, uncalibrated", "=HC_SPREAD_GAP(Quoted_Spread,Fair_Spread)", "bp"),
        Result("Required_Haircut", "Haircut at closing with no loss at any date, uncalibrated", time.text("=HC_HAIRCUT({economic^},{proceeds::},{balance::})"), "share"),
        Result("", "Haircut taken: 1 less economic LTV at closing", time.text('=IF({balance^}>{economic^},"none: debt exceeds it",1-{balance^}/{economic^})'), "share"),
    )  # fmt: skip
    book.results(sheet, 3, lines)


def add_readings(book: TemplateBook) -> None:
    """A few dated market readings beside the deal, through HC_FACT: never inputs of the model."""
    sheet = book.sheet(
        "Market readings",
        "Market readings",
        "Dated, sourced and graded; shown for comparison, used by no formula of this workbook.",
        [2, 30, 70, 11, 16, 13, 60, 13],
    )
    book.heading(sheet, 3, ["Id", "Reading", "Value", "Unit", "As of", "Source", "Grade"])
    for row, fact in enumerate(READINGS, start=4):
        sheet.write(row, 1, fact, book.style(font_color=GREY, valign="vcenter"))
        for column, field in enumerate(("item", "value", "unit", "as_of", "source", "grade"), start=2):
            style = book.style(
                "rent" if field == "value" else "general",
                text_wrap=field in ("item", "source"),
                valign="vcenter",
            )
            sheet.write_formula(row, column, f'=HC_FACT($B{row + 1},"{field}")', style)
