"""Many machines and many browsers at once: printers on the wire, the real watcher, the real web, sockets that listen.

`wires` and `browsers` are processes of their own and know no Django; `ground` makes the business, `running` starts,
watches and stops the processes, `figures` says what came of it.
"""
