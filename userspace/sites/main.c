// SPDX-License-Identifier: GPL-2.0-only
/*
 * sites OBJECT KEY...: each KEY (a static key's name, or hookcost_keys[N]) has at least
 * one site in the x86-64 object, all sites of hookcost's are no-ops while their keys are
 * off, and nothing else of hookcost's is on the way. In KTAP lines without a plan; exit
 * status 1 if one fails.
 *
 * sites --where OBJECT: the file offset of the first site on the way, and of what comes
 * after it, for a test that spoils a copy.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sites.h"

#define KEY_SIZE	16		/* struct static_key_false */

static bool is_key(const struct site *s, const char *key)
{
	size_t n = strcspn(key, "[");

	return s->ours && strlen(s->key) == n && !strncmp(s->key, key, n) &&
	       (!key[n] || s->index == KEY_SIZE * strtol(key + n + 1, NULL, 10));
}

static int result(bool ok, const char *path, const char *what)
{
	printf("%sok 1 %s: %s\n", ok ? "" : "not ", path, what);
	return !ok;
}

static int check(struct object *o, int nkeys, char **keys)
{
	size_t i, wrong = 0, found, all = 0;
	int failed = 0, k;
	char what[128];

	for (k = 0; k < nkeys; k++) {
		for (i = 0, found = 0; i < o->nsites; i++)
			found += is_key(&o->site[i], keys[k]);
		snprintf(what, sizeof(what), "%zu sites of %s", found, keys[k]);
		failed |= result(found, o->path, what);
	}
	for (i = 0; i < o->nsites; i++) {
		const struct site *s = &o->site[i];

		all += s->ours;
		if (!s->ours || is_nop(o, s))
			continue;
		printf("# %s: %s+0x%llx, key %s: not a no-op\n", o->path,
		       o->section[s->section].name, (unsigned long long)s->at, s->key);
		wrong++;
	}
	snprintf(what, sizeof(what), "all of %zu sites are one no-op while off", all);
	failed |= result(all && !wrong, o->path, what);
	failed |= result(!straight_line(o), o->path, "nothing else of hookcost's is on the way");
	return failed;
}

static int where(struct object *o)
{
	size_t i;

	straight_line(o);
	for (i = 0; i < o->nsites; i++) {
		const struct site *s = &o->site[i];
		const struct section *in = &o->section[s->section];
		uint64_t after = s->at + (in->bytes[s->at] == 0x66 ? 2 : 5);

		/* what is put behind it must be no site's */
		if (!s->ours || !in->seen[s->at] || site_at(o, s->section, after))
			continue;
		printf("%llu %llu\n", (unsigned long long)(in->file_offset + s->at),
		       (unsigned long long)(in->file_offset + after));
		return 0;
	}
	return 1;
}

int main(int argc, char **argv)
{
	bool ask = argc == 3 && !strcmp(argv[1], "--where");
	struct object o;
	int ret;

	if (argc < 3) {
		fputs("usage: sites OBJECT KEY... | sites --where OBJECT\n", stderr);
		return 2;
	}
	if (object_open(&o, argv[ask ? 2 : 1]))
		return 2;
	ret = ask ? where(&o) : check(&o, argc - 2, argv + 2);
	object_close(&o);
	return ret;
}
