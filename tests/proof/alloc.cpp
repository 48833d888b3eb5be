// page::alloc_pt_space as it is until there is a frame allocator, together with what it then calls.
#include "page/pt_source.cpp"
#include "page/pt_space.cpp"
