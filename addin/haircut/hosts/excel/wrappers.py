"""The VBA modules, written from the registry: a wrapper for every function, and help for the function wizard."""

from haircut import __version__
from haircut.errors import CellError
from haircut.functions import FUNCTIONS
from haircut.hosts.excel.variants import ERROR_NUMBERS
from haircut.registry import Arg, Function, Kind, by_category

FUNCTIONS_MODULE, HELP_MODULE = "Haircut", "HaircutHelp"
LONGEST_HELP = 255
"""Characters that Excel shows of a description; a longer one makes MacroOptions fail."""

_WORDS = """\
abs addressof and any array as attribute boolean byref byte byval call case cbool cbyte ccur cdate cdbl cdec
cdecl cint circle clng clnglng clngptr close const csng cstr currency cvar cverr date debug decimal declare defbool
defbyte defcur defdate defdbl defdec defint deflng deflnglng deflngptr defobj defsng defstr defvar dim do doevents
double each else elseif empty end endif enum eqv erase event exit false fix for friend function get global gosub
goto if imp implements in input inputb int integer is lbound len lenb let like lock long longlong longptr
loop lset me mod new next not nothing null on open option optional or paramarray preserve print private pset public
put raiseevent redim rem resume return rset scale seek select set sgn shared single spc static stop string sub
tab then to true type typeof ubound unlock until variant wend while with withevents write xor
access alias append base binary classmodule compare compatible explicit lib local lprint output property ptrsafe
random read step
application err given held i server shown thisworkbook witherror xlpy
"""
TAKEN = frozenset(_WORDS.split())
"""Words that no parameter may be called: VBA's keywords, those that LibreOffice adds, and the wrappers' own."""

FUNCTIONS_HEAD = """\
Attribute VB_Name = "{module}"
Option Explicit
' Haircut {version}. Written from its registry of functions; what is changed here is lost at the next build.
' Each function hands what the cells hold to Python, in xlwings' server, and shows what comes back.

Private Const SERVER As String = "haircut.hosts.excel.server"

' Value2 keeps every digit of a currency and the serial number of a date.
Private Function Held(Optional ByRef argument As Variant) As Variant
    If Not IsObject(argument) Then
        Held = argument
    ElseIf argument.Areas.Count > 1 Then
        Held = CVErr({value})
    Else
        Held = argument.Value2
    End If
End Function

' COM carries no error values: Python sends the text that the cell shows.
Private Function Shown(ByVal result As Variant) As Variant
    Dim row As Long, column As Long, last As Long
    If Not IsArray(result) Then
        Shown = WithError(result)
        Exit Function
    End If
    last = -1
    On Error Resume Next ' a single row has one dimension
    last = UBound(result, 2)
    On Error GoTo 0
    For row = LBound(result, 1) To UBound(result, 1)
        If last = -1 Then
            result(row) = WithError(result(row))
        Else
            For column = LBound(result, 2) To last
                result(row, column) = WithError(result(row, column))
            Next column
        End If
    Next row
    Shown = result
End Function

Private Function WithError(ByVal cell As Variant) As Variant
    WithError = cell
    If VarType(cell) = vbString Then
        Select Case cell
{cases}
        End Select
    End If
End Function
"""

FUNCTION = """
Public Function {name}({parameters})
Attribute {name}.VB_Description = {summary}
Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"
    On Error GoTo failed
    {name} = Shown(XLPy.CallUDF(SERVER, "answer", Array("{name}", Array({arguments})), ThisWorkbook, Application.Caller))
    Exit Function
failed:
    {name} = CVErr({value})
End Function
"""

OPEN_ENDED = """
Public Function {name}({parameters})
Attribute {name}.VB_Description = {summary}
Attribute {name}.VB_ProcData.VB_Invoke_Func = " \\n14"
    Dim given() As Variant, i As Long
    On Error GoTo failed
    ReDim given(0 To UBound({rest}) + {count})
{given}
    For i = 0 To UBound({rest})
        given(i + {count}) = Held({rest}(i))
    Next i
    {name} = Shown(XLPy.CallUDF(SERVER, "answer", Array("{name}", given), ThisWorkbook, Application.Caller))
    Exit Function
failed:
    {name} = "Python does not answer (" & Err.Description & "); run: haircut excel doctor"
End Function
"""

HELP_HEAD = """\
Attribute VB_Name = "{module}"
Option Explicit
' Haircut {version}. Help for the function wizard, written from the registry of functions.

Public Sub Auto_Open()
    Application.OnTime Now, "'" & ThisWorkbook.Name & "'!DescribeHaircut"
End Sub

' Excel describes no function of a hidden workbook, so an add-in shows itself for that long.
Public Sub DescribeHaircut()
    Dim wasSaved As Boolean, wasAddin As Boolean
    On Error GoTo done ' the functions work without their help
    wasSaved = ThisWorkbook.Saved
    wasAddin = ThisWorkbook.IsAddin
    Application.ScreenUpdating = False
    If wasAddin Then ThisWorkbook.IsAddin = False
{calls}
done:
    If wasAddin Then ThisWorkbook.IsAddin = True
    ThisWorkbook.Saved = wasSaved
    Application.ScreenUpdating = True
End Sub

Private Sub Describe(ByVal name As String, ByVal category As String, ByVal summary As String, ParamArray help())
    Dim texts() As String, i As Long
    name = "'" & ThisWorkbook.Name & "'!" & name
    If UBound(help) < 0 Then
        Application.MacroOptions Macro:=name, Description:=summary, Category:=category
        Exit Sub
    End If
    ReDim texts(0 To UBound(help))
    For i = 0 To UBound(help)
        texts(i) = help(i)
    Next i
    Application.MacroOptions Macro:=name, Description:=summary, Category:=category, ArgumentDescriptions:=texts
End Sub
"""


def functions_module() -> str:
    """The module with the wrapper of every function, and what they share."""
    cases = "\n".join(
        f"            Case {_quoted(error.value)}: WithError = CVErr({number})"
        for error, number in ERROR_NUMBERS.items()
    )
    head = FUNCTIONS_HEAD.format(
        module=FUNCTIONS_MODULE, version=__version__, cases=cases, value=ERROR_NUMBERS[CellError.VALUE]
    )
    return head + "".join(wrapper(function) for function in FUNCTIONS.values())


def wrapper(function: Function) -> str:
    """The VBA function that stands for a worksheet function."""
    named = [arg for arg in function.args if arg.kind is not Kind.ANY]
    rest = next((_name(arg) for arg in function.args if arg.kind is Kind.ANY), "")
    given = [f"    given({i}) = Held({_name(arg)})" for i, arg in enumerate(named)]
    return (OPEN_ENDED if rest else FUNCTION).format(
        name=function.name,
        parameters=", ".join(_parameter(arg) for arg in function.args),
        summary=_quoted(function.summary),
        arguments=", ".join(f"Held({_name(arg)})" for arg in named),
        value=ERROR_NUMBERS[CellError.VALUE],
        rest=rest,
        count=len(named),
        given="\n".join(given),
    )


def _parameter(arg: Arg) -> str:
    if arg.kind is Kind.ANY:
        return f"ParamArray {_name(arg)}()"
    return _name(arg) if arg.required else f"Optional {_name(arg)}"


def _name(arg: Arg) -> str:
    return f"{arg.name}_" if arg.name.lower() in TAKEN else arg.name


def help_module() -> str:
    """The module that describes every function and argument to the function wizard."""
    categories = by_category()
    calls = "\n".join(f"    Describe{number}" for number in range(len(categories)))
    head = HELP_HEAD.format(module=HELP_MODULE, version=__version__, calls=calls)
    return head + "".join(_described(number, *listed) for number, listed in enumerate(categories.items()))


def _described(number: int, category: str, functions: list[Function]) -> str:
    """One procedure a category: VBA takes no procedure of more than 64 K."""
    lines = [
        f"    Describe {_quoted(function.name)}, {_quoted('Haircut: ' + category)}, "
        + ", _\n        ".join(_quoted(text) for text in [function.summary, *map(_help, function.args)])
        for function in functions
    ]
    return f"\nPrivate Sub Describe{number}()\n" + "\n".join(lines) + "\nEnd Sub\n"


def _help(arg: Arg) -> str:
    return f"{arg.help} ({arg.unit})"


def _quoted(text: str) -> str:
    """A VBA string, cut where Excel would refuse it.

    >>> _quoted('a "b" c')
    '"a ""b"" c"'
    """
    short = text if len(text) <= LONGEST_HELP else text[: LONGEST_HELP - 3] + "..."
    return '"' + short.replace('"', '""') + '"'
