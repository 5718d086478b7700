#!/bin/sh
# Makes sure that a program of the operating system is there: installs it where that is possible, else says how.
set -eu
program=$1
command -v "$program" >/dev/null 2>&1 && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
  echo "installing the Debian package $program"
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$program" >/dev/null
  exit 0
fi
if command -v brew >/dev/null 2>&1; then
  install="brew install $program"
else
  install="sudo apt-get install $program"
fi
echo "error: the program $program is missing." >&2
echo "hint: install it with: $install" >&2
exit 1
