# shellcheck shell=bash
# Reads tools/packages beside what dpkg knows. Sourced by tools/deps and tools/doctor.

# package_table GROUP…: one line a package, "PACKAGE<tab>GROUP<tab>LAST_SEEN<tab>FOUND", in the table's order. FOUND is
# the installed version, "elsewhere" where the machine has the command from elsewhere, or "-".
package_table() {
  local table architecture names
  table=$(dirname "${BASH_SOURCE[0]}")/packages
  architecture=$(dpkg --print-architecture)
  local -A installed=()
  local name version status group seen command not_on found

  mapfile -t names < <(sed '/^#/d; s/ .*//' "$table")
  # One dpkg-query for all: it costs 10 ms, most of what the check costs.
  while read -r name version status; do
    [[ $status == installed ]] && installed[$name]=$version
  done < <(dpkg-query --show --showformat='${Package} ${Version} ${db:Status-Status}\n' "${names[@]}" 2>/dev/null)

  while read -r name group seen command not_on; do
    [[ -z $name || $name == \#* ]] && continue
    [[ " $* " == *" $group "* ]] || continue
    [[ $not_on == "$architecture" ]] && continue
    found=${installed[$name]:--}
    [[ $found == - && $command != - ]] && type -P "$command" >/dev/null && found="elsewhere"
    printf '%s\t%s\t%s\t%s\n' "$name" "$group" "$seen" "$found"
  done <"$table"
}

# package_groups: the names of the table's groups, in its order.
package_groups() {
  awk '!/^(#|$)/ && !seen[$2]++ { print $2 }' "$(dirname "${BASH_SOURCE[0]}")/packages"
}

# check_groups GROUP…: says which of them the table does not know.
check_groups() {
  local group known
  known=" $(package_groups | tr '\n' ' ')"
  for group in "$@"; do
    if [[ $known != *" $group "* ]]; then
      echo "${0##*/}: there is no group $group of packages; the groups are:${known% }" >&2
      return 1
    fi
  done
}
