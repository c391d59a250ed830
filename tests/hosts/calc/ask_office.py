"""Ask a running office, through its pipe, what it knows of the add-in; run by the Python that has its UNO.

python3 ask_office.py PIPE FORMULA... prints as JSON the add-in's functions as the function wizard shows
them, the methods of its type library, and what each formula, typed into a cell, shows.
"""

import json
import sys


def main(pipe, *formulas):
    import uno  # late, for this file is also read by a Python that has no bridge

    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext("com.sun.star.bridge.UnoUrlResolver", local)
    context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")

    def service(name):
        return context.ServiceManager.createInstanceWithContext(name, context)

    interface = service("com.sun.star.reflection.CoreReflection").forName("haircut.calc.XFunctions")
    found = {
        "wizard": wizard(service("com.sun.star.sheet.FunctionDescriptions")),
        "methods": [method(m) for m in interface.getMethods()],
        "typed": typed(service("com.sun.star.frame.Desktop"), formulas),
    }
    print(json.dumps(found))


def wizard(descriptions):
    """Name, help and arguments of each function."""
    all_of_them = ({p.Name: p.Value for p in descriptions.getByIndex(i)} for i in range(descriptions.Count))
    return {
        d["Name"]: {
            "category": d["Category"],
            "help": d["Description"],
            "arguments": [[a.Name, a.Description] for a in d["Arguments"] or ()],
        }
        for d in all_of_them
        if d["Name"].startswith("HC")
    }


def method(m):
    """Name, result and arguments of a method."""
    arguments = [[p.aName, p.aType.getName()] for p in m.getParameterInfos()]
    return [m.getName(), m.getReturnType().getName(), arguments]


def typed(desktop, formulas):
    """What a cell shows for each formula; A1 is blank, A2 is #DIV/0!, A3 and A4 are 3 and 4."""
    from com.sun.star.beans import PropertyValue

    hidden = (PropertyValue("Hidden", 0, True, 0),)
    document = desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, hidden)
    sheet = document.Sheets.getByIndex(0)
    sheet.getCellRangeByName("A2").Formula = "=1/0"
    sheet.getCellRangeByName("A3").Value = 3
    sheet.getCellRangeByName("A4").Value = 4
    shown = []
    for formula in formulas:
        cell = sheet.getCellRangeByName("C1")
        cell.FormulaLocal = formula
        shown.append([cell.String, cell.getError()])
    document.close(True)
    return shown


if __name__ == "__main__":
    main(*sys.argv[1:])
