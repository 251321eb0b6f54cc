"""The language server: documents in, items out. The only door to pygls and lsprotocol.

`handshake` answers the first message, `serving` runs the server.
"""
