"""What each case moves."""

from haircut_workbooks.templates.levers import Lever

NEVER = 99
LEVERS = (
    Lever("Live_Delay", "Completion is late by", "years", "years", (0, 1, 0, 0, 0, 0, 0.5)),
    Lever("Live_Overrun", "Costs overrun by", "share", "share", (0, 0.15, 0, 0, 0, 0, 0.1)),
    Lever("Live_Rent_Fall", "Lease pays less by", "share", "share", (0, 0, 0, 0, 0, 0, 0)),
    Lever("Live_Cost_Rise", "Operating cost rises by", "share", "share", (0, 0, 0, 0, 0.1, 0, 0.1)),
    Lever("Live_Tenant_Default", "Tenant defaults", "years from service, 99: never", "years", (NEVER, NEVER, 3, NEVER, NEVER, NEVER, 5)),
    Lever("Live_Relet_Loss", "Rent of the next tenant falls by", "share", "share", (0, 0, 0.2, 0.3, 0, 0.1, 0.3)),
    Lever("Live_Density_Earlier", "Next density comes earlier by", "years", "years", (0, 0, 0, 1.5, 0, 0, 1.5)),
    Lever("Live_Density_Drop", "Fit-out value that it takes", "share, added", "share", (0, 0, 0, 0.4, 0, 0, 0.4)),
    Lever("Live_Rate_Rise", "Loan's rate rises, hedges counted, by", "annual, added", "rate", (0, 0, 0, 0, 0.02, 0, 0.01)),
    Lever("Live_Refi_Spread", "New lender asks more", "annual, added", "rate", (0, 0.01, 0.015, 0.01, 0, 0.05, 0.03)),
    Lever("Live_Refi_LTV", "New lender lends less", "share, taken off", "share", (0, 0, 0.05, 0.1, 0, 0.5, 0.15)),
)  # fmt: skip
