#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Everything that a run on the target needs
source "$(dirname "$0")/lib.sh"

[[ ${CONFIG:-distro} == distro ]] || die "CONFIG=$CONFIG: there is distro (make kernel-deb has vm)"
scripts=$top/scripts
"$scripts/deps.sh"
lock_cache
"$scripts/kernel-src.sh"
[[ $target == host ]] || "$scripts/kernel-build.sh"
"$scripts/modules-build.sh"
find_llvm
whole=
[[ -e $out/userspace/hookcost ]] || whole=1
step "userspace" userspace_make all
step "selftests" selftests_make install
