/* A map from strings to pointers: open addressing, linear probing. */

#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STRMAP_MIN_CAPACITY 16
#define STRMAP_MAX_LOAD 0.7

typedef struct strmap_entry {
	char *key;
	void *value;
	uint64_t hash;
} strmap_entry;

typedef struct strmap {
	strmap_entry *entries;
	size_t capacity;
	size_t count;
} strmap;

/* FNV-1a, 64 bits */
static uint64_t hash_key(const char *key)
{
	uint64_t hash = 14695981039346656037UL;

	for (const char *p = key; *p; p++) {
		hash ^= (uint64_t)(unsigned char)*p;
		hash *= 1099511628211UL;
	}
	return hash;
}

strmap *strmap_new(void)
{
	strmap *map = malloc(sizeof(*map));
	if (map == NULL)
		return NULL;
	map->count = 0;
	map->capacity = STRMAP_MIN_CAPACITY;
	map->entries = calloc(map->capacity, sizeof(strmap_entry));
	if (map->entries == NULL) {
		free(map);
		return NULL;
	}
	return map;
}

void strmap_free(strmap *map)
{
	if (!map)
		return;
	for (size_t i = 0; i < map->capacity; i++)
		free(map->entries[i].key);
	free(map->entries);
	free(map);
}

static strmap_entry *find(const strmap *map, const char *key, uint64_t hash)
{
	size_t index = (size_t)(hash & (uint64_t)(map->capacity - 1));

	while (map->entries[index].key != NULL) {
		strmap_entry *entry = &map->entries[index];

		if (entry->hash == hash && strcmp(entry->key, key) == 0)
			return entry;
		index = (index + 1) & (map->capacity - 1);
	}
	return &map->entries[index];
}

void *strmap_get(const strmap *map, const char *key)
{
	const strmap_entry *entry = find(map, key, hash_key(key));
	return entry->key ? entry->value : NULL;
}

static bool grow(strmap *map)
{
	size_t old_capacity = map->capacity;
	strmap_entry *old = map->entries;
	strmap_entry *fresh = calloc(old_capacity * 2, sizeof(strmap_entry));

	if (fresh == NULL)
		return false;
	map->entries = fresh;
	map->capacity = old_capacity * 2;
	for (size_t i = 0; i < old_capacity; i++) {
		if (old[i].key == NULL)
			continue;
		*find(map, old[i].key, old[i].hash) = old[i];
	}
	free(old);
	return true;
}

int strmap_put(strmap *map, const char *key, void *value)
{
	uint64_t hash = hash_key(key);
	strmap_entry *entry;

	assert(value != NULL);
	if ((double)(map->count + 1) > (double)map->capacity * STRMAP_MAX_LOAD) {
		if (!grow(map))
			return -1;
	}
	entry = find(map, key, hash);
	if (entry->key == NULL) {
		entry->key = strdup(key);
		if (entry->key == NULL)
			return -1;
		entry->hash = hash;
		map->count++;
	}
	entry->value = value;
	return 0;
}

size_t strmap_count(const strmap *map)
{
	return map->count;
}

#ifdef STRMAP_DEMO
int main(int argc, char **argv)
{
	strmap *map = strmap_new();
	int status = EXIT_SUCCESS;

	for (int i = 1; i < argc; i++) {
		if (strmap_put(map, argv[i], argv[i]) != 0) {
			fprintf(stderr, "out of memory at '%s'\n", argv[i]);
			status = EXIT_FAILURE;
			break;
		}
	}
	printf("%zu different arguments\n", strmap_count(map));
	switch (argc) {
	case 1:
		puts("nothing given");
		break;
	case 2:
		puts("one given");
		/* fall through */
	default:
		printf("first: %s\n", (char *)strmap_get(map, argv[1]));
	}
	strmap_free(map);
	return status;
}
#endif
