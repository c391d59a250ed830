"""A line at the end of a run that says what ran on which host."""


def pytest_terminal_summary(terminalreporter):
    """Count hosts, functions and calls from what the tests recorded, on one process or several."""
    for report in terminalreporter.getreports("passed"):
        counted = dict(report.user_properties).get("host calls")
        if counted and report.when == "call":
            terminalreporter.write_line(counted)
