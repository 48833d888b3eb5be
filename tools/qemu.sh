# The machine that `make run` and `make debug` boot an image on: sourced by tools/run-qemu and tools/debug.
#
# MEM (512M), SMP (1), FIRMWARE (bios or uefi) and BOARD (pc or q35) choose the machine; SCREEN=1 shows its screen.
# shellcheck shell=bash

fail() {
  echo "${0##*/}: $1" >&2
  exit 1
}

# Sets `machine` to the QEMU command for booting the image $1, without a serial port, and `work` to a temporary folder.
describe_machine() {
  local iso=$1 display=none
  local ovmf=/usr/share/OVMF/OVMF_CODE_4M.fd variables=/usr/share/OVMF/OVMF_VARS_4M.fd
  [[ -f $iso ]] || fail "there is no image $iso; make iso makes it"
  [[ ${FIRMWARE:=bios} == bios || $FIRMWARE == uefi ]] || fail "FIRMWARE is bios or uefi, not '$FIRMWARE'"
  [[ ${BOARD:=pc} == pc || $BOARD == q35 ]] || fail "BOARD is pc or q35, not '$BOARD'"
  if [[ ${SCREEN:-0} == 1 ]]; then
    display=gtk
    qemu-system-x86_64 -display help | grep -qx gtk || fail "SCREEN=1 needs Debian's package qemu-system-gui"
  fi

  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  # TCG everywhere: the same machine on every host. The SMBIOS string tells grub.cfg not to wait for a person.
  machine=(qemu-system-x86_64 -accel tcg -machine "$BOARD" -m "${MEM:-512M}" -smp "${SMP:-1}" -display "$display"
    -nic none -no-reboot -smbios "type=1,serial=daybook-no-wait" -cdrom "$iso")
  if [[ $FIRMWARE == uefi ]]; then
    [[ -f $ovmf ]] || fail "there is no UEFI firmware at $ovmf; make deps installs it"
    cp "$variables" "$work/variables"
    machine+=(-drive "if=pflash,unit=0,format=raw,readonly=on,file=$ovmf"
      -drive "if=pflash,unit=1,format=raw,file=$work/variables")
  fi
}
