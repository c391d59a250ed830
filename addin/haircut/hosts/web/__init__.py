"""Excel on Mac, Windows and the web through Office.js: custom functions that ask a small server on this machine.

``files`` makes what Excel reads (manifests, metadata, script, task pane) from the registry and ``static``;
``wire`` is the calls as JSON, ``server`` answers them, ``identity`` keeps the token and the certificate,
``serve`` starts it all. What only Excel can prove is in `../CHECKLIST.md`. Start reading at ``files``.
"""
