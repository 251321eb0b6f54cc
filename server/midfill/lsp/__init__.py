"""The language server: documents in, items out. The only part that uses pygls and lsprotocol.

`handshake` answers the first message, `serving` runs the server.
"""
