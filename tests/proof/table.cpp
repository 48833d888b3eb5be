// The functions of page/table.hpp, given names that the compiled file keeps, and plain numbers for arguments.
#include "page/table.hpp"

max_t table_index(max_t address, unsigned level)
{
    return page::index(address, level);
}

bool is_canonical(max_t address)
{
    return page::is_canonical(address);
}

max_t page_entry(max_t physical, unsigned level, max_t chosen)
{
    return page::page_entry({physical}, static_cast<page::page_size>(level), chosen);
}

max_t table_entry(max_t physical, max_t address)
{
    return page::table_entry({physical}, {address});
}

bool is_page(max_t entry, unsigned level)
{
    return page::is_page(entry, level);
}

max_t target(max_t entry, unsigned level)
{
    return page::target(entry, level).value;
}

max_t target_of_page_entry(max_t physical, unsigned level, max_t chosen)
{
    return target(page_entry(physical, level, chosen), level);
}
