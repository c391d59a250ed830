"""Excel on Mac, Windows and the web: the add-in's files, and the server that answers its calls."""

from pathlib import Path
from typing import Annotated

import typer

from haircut.hosts.web import files, serve
from haircut_workbooks.cli.app import app, group, guarded, out

FOLDER = Path(typer.get_app_dir("haircut")) / "web"

web = group("The functions in Excel on Mac, Windows and the web, through Office.js.")
app.add_typer(web, name="web")

Host = Annotated[str, typer.Option(help="Name or address of this machine that Excel asks for.")]
Port = Annotated[int, typer.Option(min=1, max=65535, help="Port on which haircut web serve answers.")]
AnyPort = Annotated[int, typer.Option(min=0, max=65535, help="Port; 0 takes any free one.")]


@web.command("serve")
@guarded
def serve_(host: Host = "localhost", port: AnyPort = serve.PORT) -> None:
    """Answer Excel until stopped, and print how to add the functions to it.

    Example: haircut web serve
    """
    serve.serve(FOLDER, host, port, out.print)


@web.command()
@guarded
def build(
    to: Annotated[Path, typer.Option("--out", help="Folder to write; new or empty.")],
    host: Host = "localhost",
    port: Port = serve.PORT,
) -> None:
    """Write the add-in's files: manifests, metadata, script, task pane, icons.

    Example: haircut web build --out addin
    """
    made = serve.build(FOLDER, host, port)
    files.write(made, to)
    out.print(f"{to}: {len(made)} files written; start haircut web serve, then add manifest.xml to Excel")


@web.command()
@guarded
def install(host: Host = "localhost", port: Port = serve.PORT) -> None:
    """Add the functions to Excel for Mac.

    Example: haircut web install
    """
    out.print(f"{serve.install(FOLDER, host, port)}: written; start haircut web serve, then Excel")
