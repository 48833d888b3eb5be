#include "check.hpp"

#include "name.hpp"
#include "nearest.hpp"
#include "verb.hpp"

#include <algorithm>
#include <compare>
#include <iterator>
#include <map>
#include <set>
#include <string>

namespace amend {
namespace {

using names = std::vector<std::string_view>;

std::string quoted(std::string_view name)
{
    return "<<" + std::string(shown_name(name)) + ">>";
}

std::string place(location at)
{
    return std::string(at.file) + ":" + std::to_string(at.line);
}

/// A use of one chunk by another.
struct use {
    std::string_view name;
    location at;

    auto operator<=>(const use&) const = default;
};

void collect(std::span<const line> lines, std::vector<use>& uses)
{
    for (const line& l : lines) {
        for (const token& t : l.tokens) {
            if (t.what == token::kind::use)
                uses.push_back({t.text, l.at});
        }
    }
}

/// The live chunks of a fold and their uses, the chunks that amend made included. Looks only at what it is asked for.
class graph {
public:
    explicit graph(const fold& f) : fold_(f) {}

    /// The uses in a chunk; nothing when there is no such chunk.
    const std::vector<use>* uses_of(std::string_view name)
    {
        const auto known = uses_.find(name);
        if (known != uses_.end())
            return &known->second;
        std::vector<use> uses;
        if (const chunk* c = fold_.find(name); c && c->live()) {
            for (const auto& piece : c->pieces)
                collect(piece->lines, uses);
        } else if (const std::vector<line>* lines = fold_.find_superseded(name)) {
            collect(*lines, uses);
        } else {
            return nullptr;
        }
        return &uses_.emplace(name, std::move(uses)).first->second;
    }

private:
    const fold& fold_;
    std::map<std::string_view, std::vector<use>> uses_;
};

/// The live chunks among those that the fold (or variant) holds, and the chunks that amend made for it.
names held_by(const fold& f)
{
    names all;
    for (const auto& [name, chunk] : f.chunks()) {
        if (chunk.live())
            all.push_back(name);
    }
    for (const auto& [name, lines] : f.superseded())
        all.push_back(name);
    return all;
}

class checker {
public:
    checker(const fold& f, report& errors) : fold_(f), errors_(errors), graph_(f) {}

    void check_paths(const names& files)
    {
        for (const std::string_view file : files) {
            if (const auto defect = path_defect(file))
                complain(file, *defect);
        }
    }

    /// Complains of each of `files` that would lie below one of `others`.
    void check_directories(const names& files, const names& others)
    {
        const std::set<std::string_view> taken(others.begin(), others.end());
        for (const std::string_view file : files) {
            for (std::size_t slash = file.rfind('/'); slash != std::string_view::npos && slash > 0;
                 slash = file.rfind('/', slash - 1)) {
                const std::string_view directory = file.substr(0, slash);
                if (taken.contains(directory))
                    complain(file, "its directory is a file, " + quoted(directory) + " at " +
                                       place(definition_of(directory)) + "; rename one of them");
            }
        }
    }

    /// `is_old(use, user, whether what is used is there)` tells which uses are not to be complained of.
    template <typename IsOld>
    void check_uses(const names& users, IsOld is_old)
    {
        for (const std::string_view user : users) {
            for (const use& u : *graph_.uses_of(user)) {
                const bool defined = graph_.uses_of(u.name);
                if (is_old(u, user, defined))
                    continue;
                if (!defined) {
                    if (!fold_.is_in_doubt(u.name))
                        complain_undefined(user, u);
                } else if (is_path(u.name)) {
                    errors_.add(u.at, u.name,
                                "a file used as a part of " + quoted(user) +
                                    "; a chunk named like a path is a file: use another name");
                }
            }
        }
    }

    /// Looks for cycles with one of these chunks in it.
    void check_cycles(const names& starts)
    {
        const std::set<std::string_view> wanted(starts.begin(), starts.end());
        for (const std::string_view name : starts) {
            if (!colour_.contains(name))
                walk(name, wanted);
        }
    }

    /// Complains of each of `watched` that neither these roots nor a chunk in doubt reaches.
    void check_reached(names from, const names& watched)
    {
        std::set<std::string_view> reached;
        from.insert(from.end(), fold_.in_doubt().begin(), fold_.in_doubt().end());
        from.insert(from.end(), cyclic_.begin(), cyclic_.end());  // complained of already
        while (!from.empty()) {
            const std::string_view name = from.back();
            from.pop_back();
            const std::vector<use>* uses = graph_.uses_of(name);
            if (!uses || !reached.insert(name).second)
                continue;
            for (const use& u : *uses)
                from.push_back(u.name);
        }
        for (const std::string_view name : watched) {
            if (!reached.contains(name))
                complain(name, "no file uses this chunk; use it, name it like a path if it is a file, or let the entry "
                               "that stopped using it <<[delete]>> it");
        }
    }

private:
    enum class colour { open, done };

    /// A chunk on the way from where the walk began, and how many of its uses have been followed.
    struct visit {
        std::string_view name;
        std::size_t followed = 0;
    };

    location definition_of(std::string_view name) const { return fold_.find(name)->pieces.front()->at; }

    void complain(std::string_view name, std::string_view text) { errors_.add(definition_of(name), name, text); }

    void complain_undefined(std::string_view user, const use& u)
    {
        const chunk* known = fold_.find(u.name);
        if (known && known->deleted)
            errors_.add(*known->deleted, u.name,
                        "[delete] of a chunk that is still used at " + place(u.at) + " in " + quoted(user) +
                            "; amend that place too, or leave the chunk");
        else if (is_verb(u.name))
            errors_.add(u.at, u.name, "a verb is written in brackets: <<[" + std::string(u.name) + "]>>");
        else if (split_exhibit(u.name).exhibit)
            errors_.add(u.at, u.name, "an exhibit cannot be used; use " + quoted(split_exhibit(u.name).chunk));
        else
            errors_.add(u.at, u.name,
                        "undefined chunk used in " + quoted(user) +
                            "; define it, mend the name, or write @<< for a literal <<" +
                            suggestion(u.name, held_by(fold_)));
    }

    // Depth first with a stack of its own: a journal can nest chunks deeper than the machine nests calls.
    void walk(std::string_view start, const std::set<std::string_view>& wanted)
    {
        std::vector<visit> way{{start}};
        colour_[start] = colour::open;
        while (!way.empty()) {
            visit& here = way.back();
            const std::vector<use>& uses = *graph_.uses_of(here.name);
            if (here.followed == uses.size()) {
                colour_[here.name] = colour::done;
                way.pop_back();
                continue;
            }
            const use& next = uses[here.followed++];
            if (!graph_.uses_of(next.name))
                continue;
            const auto [seen, is_new] = colour_.emplace(next.name, colour::open);
            if (is_new)
                way.push_back({next.name});
            else if (seen->second == colour::open)
                complain_cycle(way, next, wanted);
        }
    }

    void complain_cycle(const std::vector<visit>& way, const use& closing, const std::set<std::string_view>& wanted)
    {
        const auto first = std::find_if(way.begin(), way.end(), [&](const visit& v) { return v.name == closing.name; });
        if (std::none_of(first, way.end(), [&](const visit& v) { return wanted.contains(v.name); }))
            return;
        std::string path;
        for (auto v = first; v != way.end(); ++v) {
            cyclic_.insert(v->name);
            path += quoted(v->name) + " -> ";
        }
        errors_.add(closing.at, closing.name,
                    "a chunk that contains itself: " + path + quoted(closing.name) + "; take one of these uses out");
    }

    const fold& fold_;
    report& errors_;
    graph graph_;
    std::map<std::string_view, colour> colour_;
    std::set<std::string_view> cyclic_;
};

}  // namespace

std::vector<std::string_view> roots(const fold& f)
{
    names out;
    for (const auto& [name, chunk] : f.chunks()) {
        if (chunk.live() && is_path(name))
            out.push_back(name);
    }
    return out;
}

void check(const fold& f, report& errors)
{
    checker c(f, errors);
    const names files = roots(f);
    const names all = held_by(f);
    names defined;
    std::copy_if(all.begin(), all.end(), std::back_inserter(defined), [](auto name) { return !is_reserved(name); });
    c.check_paths(files);
    c.check_directories(files, files);
    c.check_uses(all, [](const use&, std::string_view, bool) { return false; });
    c.check_cycles(all);
    c.check_reached(files, defined);
}

void check_variant(const fold& base, const fold& variant, report& errors)
{
    names files;    // new ones
    names added;    // other new chunks
    names changed;  // reached for certain: new files, and what the base had, whose reach is the base's matter
    bool deletes = false;
    for (const auto& [name, chunk] : variant.chunks()) {
        const amend::chunk* before = base.find(name);
        const bool was_live = before && before->live();
        deletes |= was_live && !chunk.live();
        if (!chunk.live())
            continue;
        (was_live || is_path(name) ? changed : added).push_back(name);
        if (!was_live && is_path(name))
            files.push_back(name);
    }
    // A new file may take the place of any other's directory, and any chunk may use one that is gone.
    const bool whole = deletes || !files.empty();
    const fold merged = whole ? variant.merged() : variant;
    checker c(merged, errors);
    c.check_paths(files);
    if (!files.empty()) {
        const names all_files = roots(merged);
        c.check_directories(files, all_files);
        c.check_directories(all_files, files);
    }
    graph before(base);
    c.check_uses(held_by(merged), [&](const use& u, std::string_view user, bool defined) {
        const std::vector<use>* uses = before.uses_of(user);
        const bool used_before = uses && std::find(uses->begin(), uses->end(), u) != uses->end();
        return used_before && defined == static_cast<bool>(before.uses_of(u.name));
    });
    c.check_cycles(held_by(variant));
    c.check_reached(changed, added);
}

}  // namespace amend
