#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# drop.jq, and without native programs

source "$(dirname "$0")/bench.sh"

table
without_native "the other places"
finish
