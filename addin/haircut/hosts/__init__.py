"""The hosts: what each program that can call the worksheet functions needs, made from the registry alone.

A host turns ``haircut.registry.FUNCTIONS`` into its own form, hands over what its cells hold to
``haircut.cells.call`` and shows what comes back. One folder a host; hosts never import each other.
"""
