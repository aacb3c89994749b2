#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# Builds a kernel without hookcost, to compare with: of the same source, configuration and
# compiler, with those patches only that UML cannot do without, and mlx5sim for it.
# It has a cache of its own within the cache, $cache/plain.
source "$(dirname "$0")/lib.sh"

[[ $target != host && $debug == 0 ]] ||
	die "a kernel without hookcost is built for TARGET=uml and TARGET=vm only"

export HOOKCOST_CACHE=$cache/plain HOOKCOST_SERIES=series-um
mkdir -p "$HOOKCOST_CACHE"
lock_cache
for part in kernel-src kernel-build modules-build; do
	"$top/scripts/$part.sh"
done
