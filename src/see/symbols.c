/* Names of C functions, static ones too: from the symbol tables of the files that are loaded. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "see/unwind.h"

#include <dlfcn.h>
#include <elf.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILES 32

typedef struct {
    char name[512];
    uintptr_t base;
    const char *text; /* the file, mapped; NULL: not to be read */
    size_t size;
    const Elf64_Sym *symbols;
    size_t count;
    const char *names;
    size_t names_size;
} SymbolFile;

static SymbolFile files[FILES];
static int file_count;

/* Finds .symtab, or .dynsym where the file is stripped. */
static void find_symbols(SymbolFile *f)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)(const void *)f->text;
    if (f->size < sizeof *header || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_shoff == 0 ||
        header->e_shoff + (size_t)header->e_shnum * sizeof(Elf64_Shdr) > f->size)
        return;
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(const void *)(f->text + header->e_shoff), *found = NULL;
    for (int i = 0; i < header->e_shnum; i++)
        if (sections[i].sh_type == SHT_SYMTAB || (sections[i].sh_type == SHT_DYNSYM && found == NULL))
            found = &sections[i];
    if (found == NULL || found->sh_link >= header->e_shnum || found->sh_offset + found->sh_size > f->size)
        return;
    const Elf64_Shdr *names = &sections[found->sh_link];
    if (names->sh_offset + names->sh_size > f->size || names->sh_size == 0)
        return;
    f->symbols = (const Elf64_Sym *)(const void *)(f->text + found->sh_offset);
    f->count = found->sh_size / sizeof *f->symbols;
    f->names = f->text + names->sh_offset;
    f->names_size = names->sh_size;
    if (header->e_type == ET_EXEC)
        f->base = 0; /* its symbols have addresses, not offsets */
}

static SymbolFile *file_of(const Dl_info *info)
{
    for (int i = 0; i < file_count; i++)
        if (strcmp(files[i].name, info->dli_fname) == 0)
            return &files[i];
    if (file_count == FILES)
        return NULL;
    SymbolFile *f = &files[file_count++];
    *f = (SymbolFile){.base = (uintptr_t)info->dli_fbase};
    snprintf(f->name, sizeof f->name, "%s", info->dli_fname);
    int fd = open(f->name, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC); /* the program, called by a name in PATH */
    struct stat status;
    if (fd >= 0 && fstat(fd, &status) == 0 && status.st_size > 0) {
        void *text = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
        if (text != MAP_FAILED) {
            f->text = text;
            f->size = (size_t)status.st_size;
            find_symbols(f);
        }
    }
    if (fd >= 0)
        close(fd);
    return f;
}

void symbol_name(uintptr_t pc, char *name, size_t size, const char **file)
{
    Dl_info info;
    *name = 0;
    if (file)
        *file = NULL;
    if (dladdr((void *)pc, &info) == 0)
        return;
    if (file)
        *file = info.dli_fname;
    SymbolFile *f = file_of(&info);
    for (size_t i = 0; f != NULL && i < f->count; i++) {
        const Elf64_Sym *s = &f->symbols[i];
        if (ELF64_ST_TYPE(s->st_info) == STT_FUNC && s->st_name < f->names_size && pc - f->base >= s->st_value &&
            pc - f->base < s->st_value + s->st_size) {
            snprintf(name, size, "%s", f->names + s->st_name);
            if (ELF64_ST_BIND(s->st_info) != STB_LOCAL || *name != '_')
                return; /* else perhaps it has a better one */
        }
    }
    if (*name == 0 && info.dli_sname != NULL && strstr(info.dli_fname, "vdso"))
        snprintf(name, size, "%s", info.dli_sname);
}

void symbol_forget(void)
{
    for (int i = 0; i < file_count; i++)
        if (files[i].text != NULL)
            munmap((void *)files[i].text, files[i].size);
    file_count = 0;
}
