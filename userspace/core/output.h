/* SPDX-License-Identifier: GPL-2.0-only */
/* Files of results, written whole or not at all */
#ifndef HOOKCOST_OUTPUT_H
#define HOOKCOST_OUTPUT_H

#include <json-c/json.h>
#include <stdbool.h>

struct output;

/*
 * Finds out, before anything is measured, whether path ("-": standard output)
 * can be written; NULL with err() said if not, which names the option by which
 * to name another. A regular file appears, or is replaced by one of the same
 * owner and mode, whole in output_write(); 0, or -errno with err() said (once).
 * What this process has open for writing, by that name or another, is not
 * replaced, but written to.
 */
struct output *output_open(const char *path, const char *option);
/* What cannot be written then is not lost, but goes to a new file, whose name is said */
void output_rescue(struct output *f);
int output_write(struct output *f, const char *text);
int output_json(struct output *f, struct json_object *o);
/* A regular file: written again, it is replaced; anything else would have it twice */
bool output_replaces(const struct output *f);
/* Whatever its name: what else is printed must go elsewhere */
bool output_is_stdout(const struct output *f);
void output_close(struct output *f);

/* False, with err() said unless it is a closed pipe, if standard output is not complete */
bool flush_output(void);

#endif /* HOOKCOST_OUTPUT_H */
