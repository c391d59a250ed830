"""The book that the template holds when new: public credits, in shares that no lender holds."""
# fmt: off
# One line a loan: the table is easier to read whole than wrapped.

FIELDS = ("Loan_Name", "Loan_Borrower", "Loan_Tenant", "Loan_Chip", "Loan_Type", "Loan_Rating", "Loan_Exposure", "Loan_Held", "Loan_PD", "Loan_LGD", "Loan_Years", "Loan_Balloon", "Loan_Spread", "Loan_DSCR", "Loan_Book_LTV", "Loan_LTV", "Loan_Sale_LTV", "Load_Coin", "Load_Rent", "Load_Power", "Load_Refi", "Loan_Source")
OWN = "Estimated 2026-11: the loan's own workbook; else assumed by type"
BY_TYPE = "Assumed 2026-11: by type and tenant; no series exists to fit it"
BASES = {
    "Loan_Name": "Assumed 2026-11: public credits; that one lender holds them is not",
    "Loan_Borrower": "Assumed 2026-11: the operator behind a financing company, which falls with it",
    "Loan_Tenant": "Estimated 2026-11: as the sources of each loan name it; customers that none names count as one tenant",
    "Loan_Chip": "Estimated 2026-11: as in templates/gpu_loan, where in part assumed",
    "Loan_Type": "Assumed 2026-11: by what a lender would repossess",
    "Loan_Rating": "Estimated 2026-11: as in the sources of each loan; nr where none was found",
    "Loan_Exposure": "Assumed 2026-11: what this book holds; the size of the whole loan is in its source",
    "Loan_Held": "Assumed 2026-11: exposure over the size of the whole loan",
    "Loan_PD": "Assumed 2026-11: about S&P's one-year average of the rating, 1981-2023, rounded, not re-checked; not rated: as B+ to B-",
    "Loan_LGD": "Assumed 2026-11: by what secures it; no outcome of a GPU foreclosure is on record",
    "Loan_Years": "Estimated 2026-11: maturity in the source less the date of the book; a holder's put counts as maturity; 12 stands for more",
    "Loan_Balloon": "Assumed 2026-11: disclosed GPU schedules run to zero; notes and converts as bullets or as their schedule leaves",
    "Loan_Spread": "Estimated 2026-11: margin in the source; coupons less a base rate of 3.7 %",
    "Loan_DSCR": OWN,
    "Loan_Book_LTV": OWN,
    "Loan_LTV": OWN + "; GPU contracts taken over",
    "Loan_Sale_LTV": OWN + "; UNCALIBRATED, 300 % stands for more",
    "Load_Coin": BY_TYPE,
    "Load_Rent": BY_TYPE,
    "Load_Power": BY_TYPE,
    "Load_Refi": BY_TYPE,
}
"""Where each column comes from."""

_GPU = "margin and maturity as in templates/gpu_loan"
_SITE = "schedule as in templates/data_centre_project"
_MINER = "the miner's whole debt as in templates/miner_pivot: its average coupon less the base rate"
_ROWS = (
    ("CoreWeave DDTL 1.0", "CoreWeave", "CoreWeave customers", "H100", "GPU", "nr", 200, 2300, 0.019, 0.5, 1.5, 0, 962, 1.4, 0.65, 0.71, 2.9, 0, 0.45, -0.1, -0.2, "Reported 2023-08-03: 2.3 bn (CoreWeave press release, primary); margin of 9.62 % from a report on the S-1 (2026-03, weak); to March 2028 (10-Q, primary)"),
    ("CoreWeave DDTL 2.0", "CoreWeave", "CoreWeave customers", "H100", "GPU", "nr", 300, 7600, 0.019, 0.5, 3.9, 0, 625, 1.08, 0.87, 0.95, 3, 0, 0.45, -0.1, -0.2, f"Reported 2024-05-17: 7.6 bn (9fin and FT, 2025-03, secondary); extended to August 2030; customers not named; {_GPU}"),
    ("CoreWeave DDTL 2.1", "CoreWeave", "CoreWeave customers", "GB200", "GPU", "nr", 200, 3000, 0.019, 0.45, 4, 0, 425, 1.43, 0.75, 0.8, 3, 0, 0.4, -0.1, -0.2, f"Reported 2025-10-02: 3.0 bn (CoreWeave 8-K, primary); customers not named; {_GPU}"),
    ("CoreWeave DDTL 3.0", "CoreWeave", "OpenAI", "GB200", "GPU", "nr", 250, 2600, 0.019, 0.45, 3.9, 0, 400, 1.52, 0.75, 0.68, 3, 0, 0.4, -0.1, -0.2, f"Reported 2025-07-28: 2.6 bn, SOFR + 4.00 %, to 2030-08-21, one customer contract, OpenAI (CoreWeave 8-K as transcribed, secondary); {_GPU}"),
    ("CoreWeave DDTL 4.0", "CoreWeave", "Meta", "GB300", "GPU", "A3", 350, 8500, 0.0007, 0.4, 5.5, 0, 225, 1.49, 0.9, 0.78, 3, 0, 0.25, -0.05, -0.15, f"Reported 2026-03-31: 8.5 bn, A3 / A(low), SOFR + 2.25 % (8-K and Friedman, 2026-05, secondary); one customer, reported as Meta (Bisnow, 2025-09-30, secondary); {_GPU}"),
    ("CoreWeave DDTL 5.0", "CoreWeave", "CoreWeave customers", "GB300", "GPU", "Ba2", 200, 3100, 0.005, 0.5, 5, 0, 450, 1.55, 0.71, 0.79, 3, 0, 0.45, -0.1, -0.2, f"Reported 2026-05-18: 3.1 bn, Ba2 / BB+, SOFR + 4.50 % (Friedman, 2026-05, secondary); {_GPU}"),
    ("CoreWeave DDTL 5.5", "CoreWeave", "CoreWeave customers", "GB300", "GPU", "Ba2", 150, 2600, 0.005, 0.55, 4.9, 0, 550, 1.48, 0.71, 0.91, 3, 0, 0.45, -0.1, -0.25, f"Reported 2026-08-10: 2.6 bn, Ba2 / BB+, SOFR + 5.50 % (CoreWeave release; PitchBook and Bloomberg as cited, secondary); {_GPU}"),
    ("IREN / Microsoft", "IREN", "Microsoft", "GB300", "GPU", "A", 300, 3650, 0.0007, 0.4, 5.3, 0, 218, 1.36, 0.63, 0.87, 3, 0.05, 0.25, -0.05, -0.15, f"Reported 2026-06-01: 3.65 bn, A / A(low), 2.13 to 2.25 % over (IREN release, secondary); {_GPU}"),
    ("Lambda term loan B", "Lambda", "Lambda customers", "GB300", "GPU", "Baa2", 180, 926, 0.0015, 0.4, 4.3, 0, 300, 1.42, 0.75, 0.69, 2.47, 0, 0.3, -0.05, -0.2, f"Reported 2026-08-12: 926 m, Baa2, SOFR + 3.00 % (Lambda release as cited, secondary); {_GPU}"),
    ("Crusoe / Upper90", "Crusoe", "Crusoe customers", "H100", "GPU", "nr", 60, 200, 0.031, 0.5, 0.6, 0, 962, 0.94, 0.75, 0.82, 0.96, 0, 0.5, -0.1, -0.2, "Reported 2023-10-23: 200 m (San Francisco Business Times, secondary); 3.5-year repayment (weak); margin assumed as CoreWeave's of the same quarter"),
    ("xAI / Valor Compute", "xAI", "xAI", "GB200", "GPU", "nr", 250, 3500, 0.031, 0.5, 4.3, 0, 650, 1.7, 0.65, 0.55, 3, 0, 0.4, -0.05, -0.25, "Reported 2026-01-07: 3.5 bn (Apollo release, primary through copies); margin and life assumed as in templates/gpu_loan"),
    ("Crucible Capital / USD.AI", "Crucible", "Spot customers", "B300", "GPU", "nr", 20, 26.8, 0.031, 0.45, 2.5, 0, 635, 1.08, 0.7, 1.08, 1.48, 0.05, 0.55, -0.1, -0.15, f"Reported 2026-04-06: 26.8 m, 576 B300, 10.0 %, three years, 70 % LTV (The Daily Scout citing usd.ai, secondary); {_GPU}"),
    ("WULF Compute 7.75% 2030", "TeraWulf", "Fluidstack", "-", "site", "nr", 200, 3200, 0.0095, 0.3, 4, 0.55, 405, 1.3, 0.79, 0.79, 1.18, 0.1, 0.25, -0.1, -0.3, f"Reported 2025-10-22: 3.2 bn, 7.75 %, due October 2030 (TeraWulf 10-Q, primary); {_SITE}"),
    ("Flash Compute 7.25% 2030", "TeraWulf", "Fluidstack", "-", "site", "nr", 150, 1300, 0.0095, 0.3, 4.3, 0.55, 355, 1.3, 0.75, 0.75, 1.11, 0.1, 0.25, -0.1, -0.3, f"Reported 2025-12-29: 1.3 bn, 7.25 % at par (TeraWulf 8-K, primary); falls to 0.70 bn by 2030 (Blockspace, secondary); {_SITE}"),
    ("Cipher Compute 7.125% 2030", "Cipher", "Fluidstack", "-", "site", "BB-", 150, 1400, 0.0095, 0.3, 4.1, 0.55, 343, 1.3, 0.75, 0.75, 1.11, 0.1, 0.25, -0.1, -0.3, f"Reported 2025-11-13: 1.4 bn, 7.125 %, BB- by Fitch (investing.com; Blockspace, secondary); {_SITE}"),
    ("Hut 8 Beacon Point bonds", "Hut 8", "AA- tenant", "-", "site", "Baa2", 250, 2500, 0.0015, 0.25, 12, 0.25, 165, 1.54, 0.95, 0.98, 1.47, 0, 0.1, -0.05, -0.25, f"Reported 2026-06: Baa2, tenant AA- or better, T + 165, 95 % loan to cost (case study citing agencies, secondary); size of the whole assumed; {_SITE}"),
    ("Aligned data-centre ABS, senior", "Aligned", "Several tenants", "-", "site", "A-", 200, 1400, 0.0007, 0.2, 5, 0.82, 180, 2.01, 0.7, 0.85, 1.06, 0, 0.1, -0.05, -0.2, f"Reported 2026-07: A- senior class, 70 % LTV (case study citing agencies, secondary); size and margin assumed; {_SITE}"),
    ("DI Issuer data-centre notes", "DI Issuer", "Several tenants", "-", "site", "BBB", 200, 600, 0.0015, 0.25, 5, 0.75, 200, 1.58, 0.56, 0.77, 0.82, 0, 0.1, -0.05, -0.25, f"Reported 2024: BBB, lowest DSCR 1.58 in the rating case (Morningstar DBRS, primary); size and margin assumed; {_SITE}"),
    ("BX 2026-VLT10 CMBS", "BX 2026-VLT10", "Several tenants", "-", "site", "nr", 100, 500, 0.0095, 0.4, 4, 1, 300, 1.2, 1.08, 1.08, 1.25, 0, 0.1, -0.05, -0.35, "Reported 2026-06: 108.4 % LTV on KBRA's value (case study, secondary); share, life, margin and cover assumed"),
    ("Hyperscale build-to-suit", "Landlord of hyperscaler", "AA hyperscaler", "-", "site", "nr", 250, 2700, 0.0005, 0.25, 12, 0.2, 175, 1.41, 0.88, 0.89, 1.31, 0, 0.1, -0.05, -0.25, "Assumed 2026-11: a realistic case of templates/data_centre_project, not a deal"),
    ("Neo-cloud campus", "Landlord of neo-cloud", "Neo-cloud, BB-", "-", "site", "nr", 100, 1200, 0.025, 0.35, 10, 0.33, 450, 0.9, 0.58, 0.9, 1.05, 0, 0.3, -0.1, -0.3, "Assumed 2026-11: a realistic case of templates/data_centre_project, not a deal; cover after the lease assumed"),
    ("Sovereign AI hall", "Sovereign hall", "State-owned tenant", "-", "site", "nr", 100, 780, 0.004, 0.3, 10, 0.19, 275, 1.3, 0.66, 0.92, 1.11, 0, 0.2, -0.1, -0.25, "Assumed 2026-11: a realistic case of templates/data_centre_project, not a deal"),
    ("Construction mini-perm", "Developer", "Neo-cloud, BB", "-", "site", "nr", 150, 1630, 0.018, 0.35, 5, 0.61, 325, 1.3, 0.66, 0.74, 1.13, 0, 0.25, -0.1, -0.35, "Assumed 2026-11: a realistic case of templates/data_centre_project, not a deal"),
    ("MARA 0% 2030", "MARA", "Coin network", "-", "miner", "nr", 80, 1000, 0.04, 0.55, 1.2, 1, 617, -1.31, 0.42, 0.42, 0.53, 0.55, 0.05, -0.15, -0.15, f"Reported 2024-11-21: 1 bn, 25.91 USD, put 2027-12-01 (8-K through secwatch, primary summary); {_MINER}"),
    ("MARA 0% 2031", "MARA", "Coin network", "-", "miner", "nr", 40, 1000, 0.04, 0.55, 4.7, 1, 617, -1.31, 0.42, 0.42, 0.53, 0.55, 0.05, -0.15, -0.15, f"Reported 2024-12-04: 850 m and 150 m, 34.58 USD (8-K through secwatch, primary summary); life assumed; {_MINER}"),
    ("CleanSpark 0% 2030", "CleanSpark", "Coin network", "-", "miner", "nr", 80, 650, 0.04, 0.55, 3.7, 1, 630, 0.23, 0.6, 0.61, 0.69, 0.5, 0.1, -0.15, -0.2, f"Reported 2024-12: 650 m, due 2030-06-15, 14.80 USD (8-K through moomoo, primary summary); {_MINER}"),
    ("Core Scientific 3% 2029", "Core Scientific", "CoreWeave", "-", "miner", "nr", 60, 460, 0.031, 0.6, 2.9, 1, 630, 6.87, 0.35, 0.36, 0.49, 0.2, 0.3, -0.1, -0.25, f"Reported 2024-12-31: 460 m, 3.00 %, 11.00 USD (SEC R18, primary); month of maturity assumed; {_MINER}"),
    ("IREN 3.5% 2029", "IREN", "Coin network", "-", "miner", "nr", 50, 500, 0.031, 0.5, 3.2, 1, 424, 1.36, 0.91, 1.09, 1.24, 0.3, 0.25, -0.15, -0.2, "Reported 2025-06: 500 m, 13.64 USD (press release through StockTitan, primary); month of maturity and cover assumed; spread as in templates/miner_pivot"),
    ("Riot 0.75% 2030", "Riot", "Coin network", "-", "miner", "nr", 50, 594, 0.031, 0.3, 3.3, 1, 599, -4.87, 0.25, 0.25, 0.29, 0.45, 0.1, -0.15, -0.15, f"Assumed 2026-11: convert of December 2024, not checked; {_MINER}"),
    ("Riot / Coinbase coin line", "Riot", "Coin network", "-", "miner", "nr", 50, 100, 0.031, 0.1, 0.6, 1, 450, 1.1, 0.5, 0.5, 0.55, 0.55, 0.05, -0.1, -0.1, "Reported 2025-04: 100 m, 364 days, fed funds upper + 4.5 % (CryptoFinders, AInvest, secondary); taken as renewed, cover assumed"),
    ("Hut 8 convert", "Hut 8", "Coin network", "-", "miner", "nr", 40, 150, 0.031, 0.4, 2.5, 1, 561, 0.78, 0.26, 0.26, 0.28, 0.45, 0.1, -0.15, -0.2, f"Assumed 2026-11: private convert of 2024, terms not checked; {_MINER}"),
    ("Bitdeer convert", "Bitdeer", "Coin network", "-", "miner", "nr", 40, 330, 0.05, 0.6, 4.7, 1, 609, -1.64, 1.05, 1.05, 1.21, 0.5, 0.1, -0.15, -0.2, f"Assumed 2026-11: convert of June 2025, terms not checked; {_MINER}"),
    ("Bitfarms convert", "Bitfarms", "Coin network", "-", "miner", "nr", 50, 500, 0.05, 0.6, 4.3, 1, 630, -0.51, 0.45, 0.46, 0.5, 0.4, 0.2, -0.15, -0.2, f"Estimated 2025-10-16: 300 m proposed (TheMinerMag, secondary), 500 m after the upsize assumed; {_MINER}"),
    ("HIVE equipment loans", "HIVE", "Coin network", "-", "miner", "nr", 20, 30, 0.05, 0.45, 2.5, 0, 630, 8.64, 0.04, 0.04, 0.05, 0.4, 0.2, -0.15, -0.15, f"Assumed 2026-11: equipment loans, not checked; {_MINER}"),
)
_EXPOSURE, _WHOLE = 6, 7
_MILLION = 1_000_000


def _loan(row: tuple[str | float, ...]) -> dict[str, str | float]:
    """A line of the table, which gives exposure and whole loan in millions, as the sheet holds it."""
    loan = dict(zip(FIELDS, row, strict=True))
    exposure, whole = float(row[_EXPOSURE]), float(row[_WHOLE])
    return loan | {"Loan_Exposure": exposure * _MILLION, "Loan_Held": round(exposure / whole, 4)}


LOANS = [_loan(row) for row in _ROWS]
_WORDS = FIELDS[:_EXPOSURE]
NO_LOAN: dict[str, str | float] = {field: "-" if field in _WORDS else 0 for field in FIELDS}
NO_LOAN |= {"Loan_Held": 1, "Loan_Years": 1, "Loan_Source": "Assumed 2026-11: empty row"}
"""What stands in a row that is not used."""
