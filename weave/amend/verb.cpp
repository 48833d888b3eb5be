#include "verb.hpp"

#include "name.hpp"
#include "text.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace amend {
namespace {

constexpr std::string_view change = "[change]";
constexpr std::string_view after = "[after]";
constexpr std::string_view before = "[before]";
constexpr std::string_view to = "[to]";
constexpr std::string_view add = "[add]";
constexpr std::string_view remove = "[delete]";
constexpr std::string_view replace = "[replace]";
constexpr std::string_view replace_all = "[replace all]";
constexpr std::string_view replace_entry = "[replace ";
constexpr std::string_view rename = "[rename ";

bool opens_replacement(std::string_view use)
{
    return use == replace || use.starts_with(replace_entry);
}

std::optional<verb> edit_verb(std::string_view use)
{
    if (use == change)
        return verb::change;
    if (use == after)
        return verb::after;
    if (use == before)
        return verb::before;
    return {};
}

std::string_view separator_of(verb v)
{
    return v == verb::change ? to : add;
}

class parser {
public:
    parser(const definition& d, report& errors) : definition_(d), errors_(errors) {}

    amendment run()
    {
        const std::span<const line> lines = definition_.lines;
        const std::string_view head = lines.empty() ? std::string_view{} : sole_use(lines.front());
        result_.at = lines.empty() ? definition_.at : lines.front().at;
        if (opens_replacement(head))
            parse_replacement(head);
        else if (head == remove)
            parse_lone(verb::remove, "[delete]");
        else if (head.starts_with(rename)) {
            parse_lone(verb::rename, "[rename]");
            result_.target = argument_of(head, rename);
        }
        else if (edit_verb(head))
            parse_edits();
        else
            parse_append();
        return std::move(result_);
    }

private:
    void parse_append()
    {
        result_.at = definition_.at;
        result_.body = definition_.lines;
        refuse_verbs(result_.body, false);
    }

    void parse_replacement(std::string_view head)
    {
        result_.body = std::span(definition_.lines).subspan(1);
        refuse_verbs(result_.body, true);
        if (head == replace) {
            result_.what = verb::replace;
        } else if (head == replace_all) {
            result_.what = verb::replace_all;
        } else {
            result_.what = verb::replace_entry;
            result_.target = argument_of(head, replace_entry);
        }
    }

    static std::string_view argument_of(std::string_view use, std::string_view opening)
    {
        return use.substr(opening.size(), use.size() - opening.size() - 1);
    }

    void parse_lone(verb what, const std::string& name)
    {
        result_.what = what;
        for (const line& l : std::span(definition_.lines).subspan(1))
            if (!is_blank(l))
                return complain(l.at, "text after " + name + "; " + name + " stands alone in its chunk");
    }

    void parse_edits()
    {
        std::span<const line> rest = definition_.lines;
        result_.what = *edit_verb(sole_use(rest.front()));
        while (!rest.empty())
            rest = parse_edit(rest);
    }

    std::span<const line> parse_edit(std::span<const line> rest)
    {
        const verb what = *edit_verb(sole_use(rest.front()));
        const auto is_edge = [](const line& l) {
            const std::string_view use = sole_use(l);
            return edit_verb(use) || use == to || use == add;
        };
        const auto first = rest.begin();
        const auto middle = std::find_if(first + 1, rest.end(), is_edge);
        edit e{what, first->at, {first + 1, middle}, {}};
        if (middle == rest.end() || sole_use(*middle) != separator_of(what)) {
            complain(e.at, "[" + std::string(to_string(what)) + "] without <<" + std::string(separator_of(what)) +
                               ">>; write it on a line between the old lines and the new ones");
            if (middle == rest.end() || edit_verb(sole_use(*middle)))
                return {middle, rest.end()};
        }
        const auto last = std::find_if(middle + 1, rest.end(), is_edge);
        e.new_lines = {middle + 1, last};
        take(e);
        if (last != rest.end() && !edit_verb(sole_use(*last))) {
            complain(last->at, "a second <<" + std::string(sole_use(*last)) + ">>" +
                                   " for one verb; open another group with [change], [after] or [before]");
            return {std::find_if(last + 1, rest.end(), [](const line& l) { return edit_verb(sole_use(l)); }),
                    rest.end()};
        }
        return {last, rest.end()};
    }

    // What is not sound is not passed on: looking for its old lines would only give a second error.
    void take(const edit& e)
    {
        const std::size_t complaints = complaints_;
        refuse_verbs(e.old_lines, false);
        refuse_verbs(e.new_lines, false);
        const std::string name(to_string(e.what));
        const bool says_where =
            std::any_of(e.old_lines.begin(), e.old_lines.end(), [](const line& l) { return !is_blank(l); });
        if (!says_where)
            complain(e.at, "[" + name + "] of no line; write below it the lines to look for");
        if (e.what != verb::change && e.new_lines.empty())
            complain(e.at, "[" + name + "] adds nothing; write the new lines below [add]");
        if (complaints_ == complaints)
            result_.edits.push_back(e);
    }

    // Whatever looks like a verb in lines that are code.
    void refuse_verbs(std::span<const line> lines, bool replacing)
    {
        for (const line& l : lines)
            for (const token& t : l.tokens)
                if (t.what == token::kind::use && is_reserved(t.text) && !(replacing && t.text == previous))
                    complain(l.at, misplaced(t.text, sole_use(l) == t.text));
    }

    static std::string misplaced(std::string_view use, bool alone)
    {
        static constexpr std::array others{change, after, before, remove, replace};
        if (use == previous)
            return "[previous] outside a replacing body; it stands below [replace] only";
        if (use == to)
            return "[to] without [change]; write <<[change]>> and the old lines above it";
        if (use == add)
            return "[add] without [after] or [before]; write one of them and the old lines above it";
        if (std::find(others.begin(), others.end(), use) == others.end() && !opens_replacement(use) && !use.starts_with(rename))
            return "unknown verb " + std::string(use) +
                   "; the verbs are replace, previous, change, after, before, delete and rename (a literal << is written @<<)";
        if (!alone)
            return std::string(use) + " shares its line; a verb stands alone on its line";
        return std::string(use) + " must open its chunk; make it the first line below the chunk's name";
    }

    void complain(location at, std::string_view text)
    {
        ++complaints_;
        result_.sound = false;
        errors_.add(at, definition_.name, text);
    }

    const definition& definition_;
    report& errors_;
    amendment result_;
    std::size_t complaints_ = 0;
};

}  // namespace

bool is_verb(std::string_view word)
{
    const std::array all{change, after, before, to, add, remove, replace, previous};
    return std::any_of(all.begin(), all.end(), [&](auto verb) { return verb.substr(1, verb.size() - 2) == word; });
}

std::string_view to_string(verb v)
{
    switch (v) {
    case verb::append:
        return "append";
    case verb::replace:
        return "replace";
    case verb::replace_entry:
        return "replace ENTRY";
    case verb::replace_all:
        return "replace all";
    case verb::change:
        return "change";
    case verb::after:
        return "after";
    case verb::before:
        return "before";
    case verb::remove:
        return "delete";
    case verb::rename:
        return "rename";
    }
    return {};
}

std::string_view word_of(verb v)
{
    return v == verb::replace_entry || v == verb::replace_all ? to_string(verb::replace) : to_string(v);
}

bool is_edit(verb v)
{
    return v == verb::change || v == verb::after || v == verb::before;
}

bool is_previous(const line& l)
{
    return sole_use(l) == previous;
}

amendment parse(const definition& d, report& errors)
{
    return parser(d, errors).run();
}

}  // namespace amend
