"""A loan model as an analyst has it: periods across, debt service below 0, formulas, a chart, two sheets."""

import io
import zipfile

import xlsxwriter

from haircut_workbooks.package.book import Book

PERIODS = 12
RATE, DEBT, COST, GPUS, REVENUE, COSTS = 0.08, 60_000_000.0, 68_000_000.0, 4_000, 11_000_000.0, 2_500_000.0
MAPPING = {
    "cfads": "Model!F9:Q9",
    "debt_service": "-Model!F11:Q11",
    "balances": "Model!F12:Q12",
    "dates": "Model!F5:Q5",
    "revenue": "Model!F7:Q7",
    "collateral": "'The deal'!C3",
    "gpus": "'The deal'!C4",
    "debt": "'The deal'!C5",
    "rate": "'The deal'!C6",
}


def payment():
    periodic = RATE / 4
    return DEBT * periodic / (1 - (1 + periodic) ** -PERIODS)


def balances():
    balance, found = DEBT, []
    for _ in range(PERIODS):
        balance = balance * (1 + RATE / 4) - payment()
        found.append(balance)
    found[-1] = 0.0
    return found


def revenues():
    return [REVENUE * 0.99**i for i in range(PERIODS)]


def cfads():
    return [revenue - COSTS for revenue in revenues()]


def model(**options):
    """The analyst's workbook; its formulas hold their values."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **options}) as workbook:
        sheet, deal = workbook.add_worksheet("Model"), workbook.add_worksheet("The deal")
        date = workbook.add_format({"num_format": "dd/mm/yyyy", "bold": True})
        for row, label in enumerate(("Period end", "", "Revenue", "Costs", "CFADS", "", "Debt service", "Closing balance"), start=4):  # fmt: skip
            sheet.write(row, 1, label)
        for i in range(PERIODS):
            column = chr(ord("F") + i)
            day = 46112 + round(91.3125 * i) - (1462 if options.get("date_1904") else 0)
            sheet.write_number(4, 5 + i, day, date)
            sheet.write_number(6, 5 + i, revenues()[i])
            sheet.write_formula(7, 5 + i, "=-'The deal'!$C$7", None, -COSTS)
            sheet.write_formula(8, 5 + i, f"={column}7+{column}8", None, cfads()[i])
            sheet.write_number(10, 5 + i, -payment())
            sheet.write_number(11, 5 + i, balances()[i])
        for row, (label, value) in enumerate(
            (("Total cost of the fleet", COST), ("GPUs", GPUS), ("Loan amount", DEBT), ("Interest rate", RATE), ("Costs a quarter", COSTS)),
            start=2,
        ):  # fmt: skip
            deal.write(row, 1, label)
            deal.write(row, 2, value)
        chart = workbook.add_chart({"type": "line"})
        chart.add_series({"values": "=Model!$F$9:$Q$9"})
        sheet.insert_chart("B20", chart)
        deal.conditional_format("C3:C7", {"type": "cell", "criteria": ">", "value": 1, "format": date})
    return Book(file.getvalue(), "model.xlsx")


def parts_of(book):
    """Every part's bytes by its name."""
    return {part: book.container.read(part) for part in book.container.parts}


def packed_of(book):
    """Every part's compressed bytes with the header before them, as they lie in the file, by its name in its order."""
    infos = zipfile.ZipFile(io.BytesIO(book.data)).infolist()
    ends = [info.header_offset for info in infos[1:]] + [book.data.index(b"PK\x01\x02")]
    return {info.filename: book.data[info.header_offset : end] for info, end in zip(infos, ends, strict=True)}
