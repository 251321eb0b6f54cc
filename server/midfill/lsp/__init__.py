"""The language server: documents in, items out. The only part that uses pygls and lsprotocol.

`handshake` answers the first message, `serving` runs the server.

The start:

1. `handshake` reads the first message on standard input and answers initialize before it imports asyncio, the
   settings or any library. `capabilities` is constant except for the encoding, notebooks and the popup. If a
   settings file may configure the popup, `Server` gives the same answer later.
2. `serving` imports the rest and passes on the same bytes; later messages wait in the pipe.
3. `Outgoing` sends requests to the client. `LazyPygls` imports pygls for the first message that pygls handles.
4. `EngineLifecycle` opens the backends in a thread. `PendingRequests` lets the newest request of each document wait
   until the backend is known.
"""
