"""Ask servers: the client, the address guard, decompression, a folder in place of the network."""
