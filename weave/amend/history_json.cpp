#include "history_json.hpp"

#include "name.hpp"
#include "verb.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <tuple>

namespace amend {
namespace {

using nlohmann::json;

class maker {
public:
    maker(const journal& j, const fold& f, const history& h) : journal_(j), fold_(f), history_(h) {}

    std::string run()
    {
        json all{{"entries", json::array()}, {"definitions", json::array()}, {"versions", json::array()},
                 {"superseded", json::object()}, {"edits", json::array()}, {"files", json::object()}};
        for (const entry& e : journal_.entries)
            all["entries"].push_back(e.name);
        for (std::size_t i = 0; i < journal_.definitions.size(); ++i) {
            const std::string_view chunk = split_exhibit(journal_.definitions[i].name).chunk;
            all["definitions"].push_back(of_definition(journal_.definitions[i], history_.amended[i]));
            if (is_path(chunk))
                all["files"][std::string(chunk)] = {language_of(chunk), has_line_directives(chunk)};
        }
        for (const history::version& v : history_.versions)
            all["versions"].push_back({v.chunk, v.entry, of_pieces(v.pieces)});
        for (const auto& [name, lines] : fold_.superseded())
            all["superseded"][std::string(name)] = of_lines(lines);
        for (const history::edit& e : history_.edits)
            all["edits"].push_back({index_of(e.at), number_of(e.at), of_lines(e.old_lines)});
        all["lines"] = std::move(lines_);
        // A byte that is not UTF-8 must not make this unreadable; the stream carries it through untouched.
        return all.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
    }

private:
    // The definition that has this place, by its index: the last one that begins there or above.
    std::size_t index_of(location at) const
    {
        const auto& all = journal_.definitions;
        const auto above = [](location l, const definition& d) { return l < d.at; };
        return static_cast<std::size_t>(std::upper_bound(all.begin(), all.end(), at, above) - all.begin()) - 1;
    }

    int number_of(location at) const { return at.line - journal_.definitions[index_of(at)].at.line; }

    json of_definition(const definition& d, const std::vector<location>& amended) const
    {
        const exhibit_name name = split_exhibit(d.name);
        std::set<std::size_t> others;
        for (const location& at : amended)
            others.insert(index_of(at));
        report unread;
        const amendment a = parse(d, unread);
        const bool changes = is_edit(a.what);
        std::string roles(d.lines.size(), changes ? 'v' : ' ');
        const auto mark = [&](std::span<const line> lines, char role) {
            std::fill_n(roles.begin() + (lines.data() - d.lines.data()), lines.size(), role);
        };
        if (a.what != verb::append && !changes)
            mark(std::span(d.lines).first(1), 'v');
        for (const edit& e : a.edits) {
            mark(e.old_lines, e.what == verb::change ? 'o' : 'a');
            mark(e.new_lines, 'n');
        }
        const std::string_view said = changes ? to_string(verb::change) : word_of(a.what);
        return {d.entry, name.chunk, name.exhibit ? json(*name.exhibit) : json(nullptr), name.before, said, roles, others};
    }

    json of_pieces(const std::vector<std::shared_ptr<const piece>>& pieces)
    {
        if (pieces.empty())
            return nullptr;
        json out = json::array();
        for (const auto& p : pieces)
            for (const line& l : p->lines)
                out.push_back(of_line(l));
        return out;
    }

    json of_lines(std::span<const line> lines)
    {
        json out = json::array();
        for (const line& l : lines)
            out.push_back(of_line(l));
        return out;
    }

    std::size_t of_line(const line& l)
    {
        const auto [place, is_new] = known_.try_emplace({l.at, to_string(l, false)}, known_.size());
        if (is_new) {
            const definition& d = journal_.definitions[index_of(l.at)];
            const int number = number_of(l.at);
            const std::string written = to_string(d.lines[static_cast<std::size_t>(number) - 1]);
            const std::size_t blank = std::min(written.find_first_not_of(" \t"), written.size());
            lines_.push_back({index_of(l.at), number, place->first.second, written.substr(0, blank)});
        }
        return place->second;
    }

    const journal& journal_;
    const fold& fold_;
    const history& history_;
    std::map<std::pair<location, std::string>, std::size_t> known_;
    json lines_ = json::array();
};

}  // namespace

std::string history_json(const journal& j, const fold& f, const history& h)
{
    return maker(j, f, h).run();
}

}  // namespace amend
