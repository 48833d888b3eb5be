#include "amend.hpp"

#include "check.hpp"
#include "exhibit.hpp"
#include "fold.hpp"
#include "front_matter.hpp"
#include "history_json.hpp"
#include "name.hpp"
#include "reader.hpp"
#include "writer.hpp"

#include <algorithm>
#include <optional>

namespace amend {
namespace {

class run_of_the_filter {
public:
    explicit run_of_the_filter(const options& wanted) : wanted_(wanted) { history_.wanted = wanted.list_history; }

    result run(std::string_view stream)
    {
        journal_ = read(stream, wanted_.at, errors_);
        if (errors_.empty()) {
            check_openings();
            check_headings();
            fold_entries();
            check(fold_, errors_);
            check_choice();
        }
        return errors_.empty() ? output() : complaints();
    }

private:
    void check_openings()
    {
        if (wanted_.required.empty())
            return;
        for (const entry& e : journal_.entries)
            check_front_matter(e, wanted_.required, errors_);
    }

    // A chunk that nobody ended takes the prose behind it for code, which begins with a heading sooner or later.
    void check_headings()
    {
        for (const definition& d : journal_.definitions)
            for (const line& l : d.lines)
                if (const std::string text = to_string(l); text.starts_with("##") && is_heading(text))
                    errors_.add(l.at, d.name, "a heading inside the chunk; end the chunk with a line `@` before it");
    }

    static bool is_heading(std::string_view text)
    {
        const std::size_t end = text.find_first_not_of('#');
        return end != std::string_view::npos && text[end] == ' ';
    }

    void fold_entries()
    {
        history_.amended.resize(journal_.definitions.size());
        std::size_t next = 0;
        for (std::size_t entry = 0; entry < journal_.entries.size(); ++entry) {
            const std::size_t first = next;
            std::vector<exhibit> exhibits;
            for (; next < journal_.definitions.size() && journal_.definitions[next].entry == entry; ++next)
                collect(next, exhibits);
            try_out(exhibits, true);
            for (std::size_t index = first; index < next; ++index)
                take(journal_.definitions[index], index);
            try_out(exhibits, false);
            remember(entry);
        }
    }

    void remember(std::size_t entry)
    {
        if (!history_.wanted)
            return;
        for (const auto& [name, chunk] : fold_.chunks()) {
            const auto known = remembered_.find(name);
            if (known != remembered_.end() ? known->second == chunk.pieces : !chunk.live())
                continue;
            remembered_[name] = chunk.pieces;
            history_.versions.push_back({name, entry, chunk.pieces});
        }
    }

    void collect(std::size_t index, std::vector<exhibit>& exhibits)
    {
        const definition& d = journal_.definitions[index];
        const auto [chunk, name, before] = split_exhibit(d.name);
        if (!name || is_reserved(chunk))
            return;
        if (!is_exhibit_name(*name)) {
            errors_.add(d.at, d.name,
                        "a bad name for an exhibit; use lower case letters, digits and - only, then at most ` before`");
            return;
        }
        auto same = std::find_if(exhibits.begin(), exhibits.end(), [n = *name](auto& e) { return e.name == n; });
        if (same == exhibits.end())
            same = exhibits.insert(same, {d.entry, *name, before, {}});
        if (same->before != before)
            errors_.add(d.at, d.name,
                        "an exhibit of two days; write ` before` behind its name in all its chunks, or in none");
        same->definitions.push_back(index);
    }

    void try_out(const std::vector<exhibit>& exhibits, bool before)
    {
        for (const exhibit& e : exhibits) {
            if (e.before != before)
                continue;
            for (const std::size_t index : e.definitions)
                if (const chunk* varied = fold_.find(split_exhibit(journal_.definitions[index].name).chunk); varied && varied->live())
                    history_.amended[index].push_back(varied->pieces.front()->at);
            tried_.push_back(try_exhibit(journal_, fold_, e, errors_));
            if (e.name == wanted_.exhibit && e.entry + 1 == journal_.entries.size())
                chosen_ = tried_.back().outcome.merged();  // now: the fold may go on
        }
    }

    void take(const definition& d, std::size_t index)
    {
        const exhibit_name name = split_exhibit(d.name);
        if (is_reserved(name.chunk))
            errors_.add(d.at, d.name, "a reserved name defined; names in brackets are verbs: take another");
        else if (!name.exhibit)
            fold_.apply(d, name.chunk, index, history_, errors_);
    }

    void check_choice()
    {
        if (wanted_.exhibit.empty())
            return;
        std::string others;
        for (const tried_exhibit& t : tried_) {
            if (t.what.entry + 1 == journal_.entries.size())
                others += (others.empty() ? "" : ", ") + std::string(t.what.name);
        }
        if (!chosen_)
            errors_.add(std::string(journal_.entries.back().name) + " has no exhibit " + wanted_.exhibit +
                        (others.empty() ? "; it has none" : "; it has " + others));
    }

    result output() const { return output(chosen_ ? *chosen_ : fold_); }

    result output(const fold& outcome) const
    {
        result r;
        r.stream = write(journal_, outcome, wanted_.mark_directives);
        for (const std::string_view root : roots(outcome))
            r.roots.append(root).append("\n");
        for (const tried_exhibit& t : tried_)
            r.exhibits.append(journal_.entries[t.what.entry].name).append(" ").append(t.what.name).append("\n");
        if (wanted_.list_history)
            r.history = history_json(journal_, fold_, history_);
        return r;
    }

    result complaints() const
    {
        result r;
        for (const error& e : errors_.sorted())
            r.errors.push_back(to_string(e));
        return r;
    }

    const options& wanted_;
    report errors_;
    workshop made_;
    journal journal_;
    fold fold_{journal_, made_};
    history history_;
    std::map<std::string_view, std::vector<std::shared_ptr<const piece>>> remembered_;  // its last versions
    std::vector<tried_exhibit> tried_;
    std::optional<fold> chosen_;  // what the wanted exhibit makes of the kernel
};

}  // namespace

result run(std::string_view stream, const options& wanted)
{
    return run_of_the_filter(wanted).run(stream);
}

}  // namespace amend
