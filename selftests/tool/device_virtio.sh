#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost run --device NETDEV over virtio_net, while another machine sends
pair=virtio

source "$(dirname "$0")/nic_traffic.sh"
