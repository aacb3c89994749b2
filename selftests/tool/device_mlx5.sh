#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# hookcost run --device NETDEV over mlx5, while another machine sends over mlx5sim's wire
pair=mlx5

source "$(dirname "$0")/nic_traffic.sh"
