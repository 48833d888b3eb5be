#include "report.hpp"

#include <algorithm>

namespace amend {

void report::add(std::string text)
{
    errors_.push_back({{}, std::move(text)});
}

void report::add(location at, std::string text)
{
    errors_.push_back({at, std::move(text)});
}

void report::add(location at, std::string_view name, std::string_view text)
{
    add(at, "<<" + std::string(name) + ">>: " + std::string(text));
}

std::vector<error> report::sorted() const
{
    std::vector<error> all = errors_;
    std::sort(all.begin(), all.end());
    all.erase(std::unique(all.begin(), all.end()), all.end());
    return all;
}

std::string to_string(const error& e)
{
    if (e.at.file.empty())
        return "amend: " + e.text;
    return std::string(e.at.file) + ":" + std::to_string(e.at.line) + ": " + e.text;
}

}  // namespace amend
