#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost run --device NETDEV, a veth pair's end, while another machine sends

source "$(dirname "$0")/nic_traffic.sh"
