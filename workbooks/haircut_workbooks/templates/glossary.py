"""What the words of the templates mean, in plain language; a template names those that it uses."""

TERMS = {
    "Balloon": "The part of a loan still owed at maturity: it is refinanced, or it is a default.",
    "CFADS": "Cash flow available for debt service: revenue less cash costs, tax and maintenance; not reserves, not new equity.",
    "Convergence": "How far the correlations move from those quoted in calm times (0) to 'everything goes wrong together' (1). It changes no factor's own distribution.",
    "Covenant": "A promise with a number in it; when the number is broken the lender may act.",
    "DSCR": "Debt service coverage ratio: CFADS of a period over the interest and principal due in it.",
    "DSRA": "Debt service reserve account: cash set aside for the next months' debt service.",
    "Economic value": "What the collateral is worth to somebody who runs it: the lower of its value after each new architecture and of the rent that it can still earn.",
    "EL": "Expected loss: probability of default, times loss given default, times exposure.",
    "ES": "Expected shortfall: the average loss in the worst cases beyond the confidence level.",
    "Fair spread": "The spread that pays for expected loss, for the capital that an unexpected loss needs, and for illiquidity.",
    "Grade": "Reported: read in a named source. Estimated: worked out from one. Assumed: chosen, and to be challenged.",
    "LGD": "Loss given default: the share of what is owed that a forced sale does not bring back.",
    "Liquidation value": "What a forced sale brings after time, costs and the fall of the price that the sale itself causes. No bulk sale of GPUs is on record: it is uncalibrated.",
    "LLCR": "Loan life coverage ratio: present value of CFADS to maturity over the debt.",
    "LTV": "Loan to value: debt over the value of the installed collateral.",
    "PD": "Probability of default.",
    "Take-or-pay": "The tenant pays whether it uses the machines or not.",
    "VaR": "Value at risk: the loss that is exceeded with a probability of one less the confidence level.",
}
