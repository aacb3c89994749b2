#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# make report: the results of the last make bench as an HTML page, on the host
source "$(dirname "$0")/lib.sh"

latest=$cache/results/latest.json
[[ -e $latest ]] || die "there are no results: make bench"
[[ -x $out/userspace/hookcost ]] || die "the tool is not built: make build"
write_report "$(readlink -f "$latest")"
