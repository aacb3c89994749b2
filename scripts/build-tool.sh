#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# What make install installs, see install-files.sh; needs the kernel's source, but no kernel
unset DESTDIR PREFIX
export TARGET=uml DEBUG='' CONFIG=''
source "$(dirname "$0")/lib.sh"

man_pages() { make -C "$top/Documentation" man OUT="$out/userspace"; }
list_tests() { make -s -C "$top/selftests" list >"$out/userspace/kselftest-list.txt"; }

also=install "$top/scripts/deps.sh"
lock_cache
"$top/scripts/kernel-src.sh"
find_llvm
step "userspace" userspace_make all
step "man pages" man_pages
step "list of tests" list_tests
