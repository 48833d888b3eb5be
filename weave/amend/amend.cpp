#include "amend.hpp"

#include "check.hpp"
#include "events_json.hpp"
#include "exhibit.hpp"
#include "fold.hpp"
#include "front_matter.hpp"
#include "name.hpp"
#include "reader.hpp"
#include "writer.hpp"

#include <algorithm>
#include <optional>

namespace amend {
namespace {

class run_of_the_filter {
public:
    explicit run_of_the_filter(const options& wanted) : wanted_(wanted) { events_.wanted = wanted.list_events; }

    result run(std::string_view stream)
    {
        journal_ = read(stream, wanted_.at, errors_);
        if (errors_.empty()) {
            check_openings();
            fold_entries();
            check(fold_, errors_);
            choose_exhibit();
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

    void fold_entries()
    {
        std::size_t next = 0;
        for (std::size_t entry = 0; entry < journal_.entries.size(); ++entry) {
            std::vector<exhibit> exhibits;
            for (; next < journal_.definitions.size() && journal_.definitions[next].entry == entry; ++next)
                take(next, exhibits);
            for (const exhibit& e : exhibits)
                tried_.push_back(try_exhibit(journal_, fold_, e, events_, errors_));
        }
    }

    void take(std::size_t index, std::vector<exhibit>& exhibits)
    {
        const definition& d = journal_.definitions[index];
        const std::string_view chunk = split_exhibit(d.name).chunk;
        const std::optional<std::string_view> name = split_exhibit(d.name).exhibit;
        if (is_reserved(chunk)) {
            errors_.add(d.at, d.name, "a reserved name defined; names in brackets are verbs: take another");
        } else if (!name) {
            fold_.apply(d, chunk, index, events_, errors_);
        } else if (!is_exhibit_name(*name)) {
            errors_.add(d.at, d.name, "a bad name for an exhibit; use lower case letters, digits and - only");
        } else {
            auto same =
                std::find_if(exhibits.begin(), exhibits.end(), [&](const exhibit& e) { return e.name == *name; });
            if (same == exhibits.end())
                same = exhibits.insert(same, {d.entry, *name, {}});
            same->definitions.push_back(index);
        }
    }

    void choose_exhibit()
    {
        if (wanted_.exhibit.empty())
            return;
        std::string others;
        for (const tried_exhibit& t : tried_) {
            if (t.what.entry + 1 != journal_.entries.size())
                continue;
            if (t.what.name == wanted_.exhibit)
                chosen_ = &t;
            others += (others.empty() ? "" : ", ") + std::string(t.what.name);
        }
        if (!chosen_)
            errors_.add(std::string(journal_.entries.back().name) + " has no exhibit " + wanted_.exhibit +
                        (others.empty() ? "; it has none" : "; it has " + others));
    }

    result output() const { return chosen_ ? output(chosen_->outcome.merged()) : output(fold_); }

    result output(const fold& outcome) const
    {
        result r;
        r.stream = write(journal_, outcome, wanted_.mark_directives);
        for (const std::string_view root : roots(outcome))
            r.roots.append(root).append("\n");
        for (const tried_exhibit& t : tried_)
            r.exhibits.append(journal_.entries[t.what.entry].name).append(" ").append(t.what.name).append("\n");
        if (wanted_.list_events)
            r.events = events_json(journal_, events_, tried_);
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
    event_list events_;
    std::vector<tried_exhibit> tried_;
    const tried_exhibit* chosen_ = nullptr;
};

}  // namespace

result run(std::string_view stream, const options& wanted)
{
    return run_of_the_filter(wanted).run(stream);
}

}  // namespace amend
