"""Ask servers: the client, the address guard, decompression, and a folder in place of the network."""
