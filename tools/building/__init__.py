"""How trees become kernels: what tools/build is made of."""
