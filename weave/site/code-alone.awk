# code-alone.awk: of noweb's token stream all but the prose: front matter and code. If this is the same, then so is
# all that a weave finds out about the code, but for the numbers of its lines.
/^@file / { rules = 0; print }
/^@begin code / { in_code = 1 }
in_code || rules < 2 { print }
/^@end code / { in_code = 0 }
/^@text ---$/ { rules++ }
