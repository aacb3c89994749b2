/* SPDX-License-Identifier: GPL-2.0-only */
/* Bytes of a map's or a variable's value from JSON, by its type in BTF or as hex digits */
#ifndef HOOKCOST_VALUE_H
#define HOOKCOST_VALUE_H

#include <bpf/btf.h>
#include <json-c/json.h>
#include <stddef.h>
#include <stdint.h>

/* 0, or -errno with a reason in why */
int value_of_type(const struct btf *btf, uint32_t type, struct json_object *v, void *out,
		  size_t size, char *why, size_t len);
/* ["0x01", "0x02", ...], as bpftool has them, or numbers; or a number of up to 8 bytes */
int value_of_bytes(struct json_object *v, void *out, size_t size, char *why, size_t len);
/* Whether it is such an array */
bool value_is_bytes(struct json_object *v);

#endif /* HOOKCOST_VALUE_H */
