#include "history_json.hpp"

#include "name.hpp"
#include "verb.hpp"

#include <rapidjson/memorystream.h>
#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <algorithm>
#include <map>
#include <tuple>

namespace amend {
namespace {

/// A list or an object of JSON, as it is written. (A library that holds values takes longer to compile than all of amend.)
class json {
public:
    static json array(const auto&... values)
    {
        json out('[', ']');
        (out.add(values), ...);
        return out;
    }
    static json object() { return {'{', '}'}; }

    void add(const auto& value)
    {
        separate();
        put(value);
    }
    void add(std::string_view key, const auto& value)
    {
        add(key);
        text_ += ':';
        put(value);
    }
    [[nodiscard]] std::string text() const { return text_ + close_; }

private:
    json(char open, char close) : text_(1, open), close_(close) {}

    void separate()
    {
        if (text_.size() > 1)
            text_ += ',';
    }
    void put(const json& value) { text_ += value.text(); }
    void put(std::nullptr_t) { text_ += "null"; }
    void put(bool value) { text_ += value ? "true" : "false"; }
    void put(int value) { text_ += std::to_string(value); }
    void put(std::size_t value) { text_ += std::to_string(value); }
    // A byte that is not UTF-8 must not make this unreadable; the stream carries it through untouched.
    void put(std::string_view value)
    {
        using utf8 = rapidjson::UTF8<>;
        constexpr unsigned replacement = 0xFFFD;
        rapidjson::MemoryStream in(value.data(), value.size());
        rapidjson::StringBuffer readable, quoted;
        for (unsigned codepoint = 0; in.Tell() < value.size();)
            utf8::Encode(readable, utf8::Decode(in, &codepoint) ? codepoint : replacement);
        rapidjson::Writer(quoted).String(readable.GetString(), static_cast<rapidjson::SizeType>(readable.GetSize()));
        text_.append(quoted.GetString(), quoted.GetSize());
    }

    std::string text_;
    char close_;
};

class maker {
public:
    maker(const journal& j, const fold& f, const history& h) : journal_(j), fold_(f), history_(h) {}

    std::string run()
    {
        json entries = json::array(), definitions = json::array(), versions = json::array(), edits = json::array();
        json superseded = json::object(), files = json::object(), all = json::object();
        std::map<std::string_view, json> paths;
        for (const entry& e : journal_.entries)
            entries.add(e.name);
        for (std::size_t i = 0; i < journal_.definitions.size(); ++i) {
            const std::string_view chunk = split_exhibit(journal_.definitions[i].name).chunk;
            definitions.add(of_definition(journal_.definitions[i], history_.amended[i]));
            if (is_path(chunk))
                paths.insert_or_assign(chunk, json::array(language_of(chunk), has_line_directives(chunk)));
        }
        for (const history::version& v : history_.versions) {
            if (v.pieces.empty())
                versions.add(json::array(v.chunk, v.entry, nullptr));
            else
                versions.add(json::array(v.chunk, v.entry, of_pieces(v.pieces)));
        }
        for (const auto& [name, lines] : fold_.superseded())
            superseded.add(name, of_lines(lines));
        for (const history::edit& e : history_.edits)
            edits.add(json::array(index_of(e.at), number_of(e.at), of_lines(e.old_lines)));
        for (const auto& [path, facts] : paths)
            files.add(path, facts);
        all.add("definitions", definitions);
        all.add("edits", edits);
        all.add("entries", entries);
        all.add("files", files);
        all.add("lines", lines_);
        all.add("superseded", superseded);
        all.add("versions", versions);
        return all.text() + "\n";
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
        json indices = json::array();
        for (const std::size_t other : others)
            indices.add(other);
        if (!name.exhibit)
            return json::array(d.entry, name.chunk, nullptr, name.before, said, roles, indices);
        return json::array(d.entry, name.chunk, *name.exhibit, name.before, said, roles, indices);
    }

    json of_pieces(const std::vector<std::shared_ptr<const piece>>& pieces)
    {
        json out = json::array();
        for (const auto& p : pieces)
            for (const line& l : p->lines)
                out.add(of_line(l));
        return out;
    }

    json of_lines(std::span<const line> lines)
    {
        json out = json::array();
        for (const line& l : lines)
            out.add(of_line(l));
        return out;
    }

    std::size_t of_line(const line& l)
    {
        const auto [place, is_new] = known_.try_emplace({l.at, to_string(l, false)}, known_.size());
        if (is_new) {
            const definition& d = journal_.definitions[index_of(l.at)];
            const int number = number_of(l.at);
            const auto index = static_cast<std::size_t>(number) - 1;  // in a stream that no markup wrote, of none
            const std::string written = index < d.lines.size() ? to_string(d.lines[index]) : std::string();
            const std::size_t blank = std::min(written.find_first_not_of(" \t"), written.size());
            lines_.add(json::array(index_of(l.at), number, place->first.second, written.substr(0, blank)));
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
