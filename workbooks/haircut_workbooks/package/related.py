"""The parts of a package read as trees, and the relationships between them."""

from lxml import etree

from haircut_workbooks.package.container import Container, WorkbookRefused
from haircut_workbooks.package.parts import relationships_of, target_part


class Related:
    """A package whose parts refer to each other.

    Parameters
    ----------
    container : Container
        The file.
    """

    def __init__(self, container: Container) -> None:
        self.container, self.name = container, container.name

    def tree(self, part: str) -> etree._Element:
        """Return the root element of a part.

        Raises
        ------
        WorkbookRefused
            The part is missing, damaged, not well-formed, or declares a document type.
        """
        parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
        try:
            root = etree.fromstring(self.container.read(part), parser)
        except etree.XMLSyntaxError as error:
            raise WorkbookRefused(f"{self.name}: the part {part} is not well-formed XML ({error})") from None
        if root.getroottree().docinfo.internalDTD is not None:
            raise WorkbookRefused(
                f"{self.name}: the part {part} declares a document type, which is not allowed"
            )
        return root

    def related(self, part: str, kind: str) -> dict[str, str]:
        """Parts of one kind that a part refers to, by relationship id."""
        rels = relationships_of(part)
        if not self.container.has(rels):
            return {}
        return {
            item.get("Id", ""): target_part(part, item.get("Target", ""))
            for item in self.tree(rels).iterfind("{*}Relationship")
            if item.get("Type", "").endswith("/" + kind) and item.get("TargetMode") != "External"
        }
