#include "reader.hpp"

#include <algorithm>
#include <charconv>

namespace amend {
namespace {

/// A token of the stream: `@keyword argument`.
struct raw_token {
    std::string_view keyword;
    std::string_view argument;
};

raw_token split(std::string_view text)
{
    const std::size_t space = text.find(' ');
    if (space == std::string_view::npos)
        return {text, {}};
    return {text.substr(0, space), text.substr(space + 1)};
}

std::string_view base_name(std::string_view file)
{
    return file.substr(file.rfind('/') + 1);
}

std::string_view entry_name(std::string_view file)
{
    std::string_view name = base_name(file);
    if (name.ends_with(".nw"))
        name.remove_suffix(3);
    return name;
}

class reader {
public:
    reader(std::string_view stream, std::string_view last, report& errors)
        : stream_(stream), last_(last), errors_(errors)
    {
        // Lines view the tokens, so the tokens must not move: there are at most as many as there are lines.
        journal_.tokens.reserve(static_cast<std::size_t>(std::count(stream.begin(), stream.end(), '\n')) + 1);
    }

    journal run()
    {
        while (!broken_ && next())
            take();
        finish();
        return std::move(journal_);
    }

private:
    enum class within { nothing, docs, code_head, code };

    bool next()
    {
        if (position_ >= stream_.size())
            return false;
        start_ = position_;
        const std::size_t end = stream_.find('\n', position_);
        if (end == std::string_view::npos) {
            malformed("its last line is cut short; did markup die?");
            return false;
        }
        position_ = end + 1;
        token_ = split(stream_.substr(start_, end - start_));
        return true;
    }

    void take()
    {
        const auto [keyword, argument] = token_;
        if (keyword == "@fatal")
            return fatal(argument);
        if (done_)
            return;
        if (keyword == "@file")
            return open_file(argument);
        if (keyword == "@line")
            return set_line(argument);
        if (keyword == "@begin")
            return begin(argument);
        if (keyword == "@end")
            return end(argument);
        if (within_ == within::code_head && keyword == "@defn")
            return open_definition(argument);
        if (within_ == within::code)
            return take_code(keyword, argument);
        if (keyword == "@nl" || is_index_nl())
            ++at_.line;
    }

    bool is_index_nl() const { return token_.keyword == "@index" && token_.argument == "nl"; }

    void open_file(std::string_view file)
    {
        if (within_ != within::nothing)
            return malformed("a file begins inside a chunk");
        if (opening_)
            return malformed("a file without a chunk");
        if (!last_.empty() && !journal_.entries.empty() && journal_.entries.back().name == last_) {
            close_prose(start_);
            done_ = true;
            return;
        }
        at_ = {file, 1};
        opening_ = true;
        if (!journal_.entries.empty() && base_name(file) <= base_name(journal_.entries.back().file))
            errors_.add(at_,
                        "this entry comes after " + std::string(journal_.entries.back().file) +
                            " but its file name sorts before it; hand the entries over in file-name order (LC_ALL=C)");
        journal_.entries.push_back({entry_name(file), file, {}});
    }

    // nt takes `@line n` to stand at the end of line n-1; whoever reads our locations compares them with nt's.
    void set_line(std::string_view number)
    {
        int line = 0;
        const auto [end, problem] = std::from_chars(number.data(), number.data() + number.size(), line);
        if (problem != std::errc{} || end != number.data() + number.size() || line < 1)
            return malformed("a line number that is none");
        at_.line = line - 1;
    }

    void begin(std::string_view what)
    {
        if (within_ != within::nothing)
            return malformed("a chunk begins inside another");
        if (journal_.entries.empty())
            return malformed("a chunk begins before any file");
        begun_ = start_;
        if (what.starts_with("docs")) {
            within_ = within::docs;
        } else if (what.starts_with("code")) {
            close_prose(start_);
            number_ = split(what).argument;
            within_ = within::code_head;
        } else {
            malformed("a chunk that is neither docs nor code");
        }
    }

    void end(std::string_view what)
    {
        if (what.starts_with("docs") && within_ == within::docs) {
            if (opening_)
                journal_.entries.back().opening = stream_.substr(begun_, position_ - begun_);
        } else if (what.starts_with("code") && within_ == within::code) {
            close_definition();
        } else {
            return malformed("a chunk ends that did not begin");
        }
        opening_ = false;
        within_ = within::nothing;
    }

    void open_definition(std::string_view name)
    {
        definition opened;
        opened.name = name;
        opened.entry = journal_.entries.size() - 1;
        opened.at = at_;
        opened.number = number_;
        opened.defn = static_cast<std::size_t>(name.data() + name.size() - (stream_.data() + begun_));
        journal_.definitions.push_back(std::move(opened));
        first_token_ = journal_.tokens.size();
        named_ = false;
        within_ = within::code;
    }

    void take_code(std::string_view keyword, std::string_view argument)
    {
        if (keyword == "@nl") {
            if (named_)
                close_line();
            named_ = true;  // the first one ends the line of `<<name>>=`
            ++at_.line;
        } else if (is_index_nl()) {
            ++at_.line;
        } else if (!named_) {
            malformed("a chunk's name is not alone on its line");
        } else if (keyword == "@text") {
            journal_.tokens.push_back({token::kind::text, argument});
        } else if (keyword == "@use") {
            journal_.tokens.push_back({token::kind::use, argument});
        } else if (keyword != "@index") {
            malformed("a token in a code chunk that mnt does not know, " + std::string(keyword));
        }
    }

    void close_line()
    {
        const std::span<const token> tokens(journal_.tokens);
        journal_.definitions.back().lines.push_back({tokens.subspan(first_token_), at_, {}});
        first_token_ = journal_.tokens.size();
    }

    void close_definition()
    {
        if (journal_.tokens.size() > first_token_)
            close_line();
        definition& closed = journal_.definitions.back();
        closed.raw = stream_.substr(begun_, position_ - begun_);
        closed.end = at_;
        journal_.items.push_back({closed.raw, journal_.definitions.size() - 1});
        passed_ = position_;
    }

    void close_prose(std::size_t end)
    {
        if (end > passed_)
            journal_.items.push_back({stream_.substr(passed_, end - passed_)});
        passed_ = end;
    }

    void finish()
    {
        if (broken_)
            return;
        if (!done_)
            close_prose(position_);
        if (opening_ || within_ != within::nothing)
            return malformed("it ends inside an entry; did markup die?");
        if (journal_.entries.empty())
            return errors_.add("no entry in the token stream; give markup the journal's files");
        if (!last_.empty() && journal_.entries.back().name != last_)
            errors_.add("there is no entry " + std::string(last_) + "; name one in full, without directory and .nw");
    }

    void fatal(std::string_view reason)
    {
        broken_ = true;
        errors_.add("markup gave up (" + std::string(reason) + "); mend what it complained of");
    }

    void malformed(std::string_view what)
    {
        broken_ = true;
        errors_.add(at_, "broken token stream: " + std::string(what));
    }

    std::string_view stream_;
    std::string_view last_;
    report& errors_;
    journal journal_;
    raw_token token_;
    std::string_view number_;  // of the current chunk of code
    location at_;
    within within_ = within::nothing;
    std::size_t position_ = 0;     // behind the current token
    std::size_t start_ = 0;        // of the current token
    std::size_t begun_ = 0;        // of the current chunk
    std::size_t passed_ = 0;       // what is before it is in items
    std::size_t first_token_ = 0;  // of the current line
    bool named_ = false;           // the line of the current chunk's name is over
    bool opening_ = false;         // no chunk of the current file has ended
    bool done_ = false;            // the last entry asked for is over
    bool broken_ = false;
};

}  // namespace

journal read(std::string_view stream, std::string_view last, report& errors)
{
    return reader(stream, last, errors).run();
}

}  // namespace amend
