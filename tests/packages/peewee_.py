"""Models over SQLite: joins, aggregates, transactions, recursion, migrations by hand, errors."""
import datetime

from peewee import (JOIN, CharField, DateField, DoesNotExist, ForeignKeyField, IntegerField, IntegrityError, Model, SqliteDatabase, fn, prefetch, Case)

db = SqliteDatabase(":memory:", pragmas={"foreign_keys": 1})


class Base(Model):
    class Meta:
        database = db


class Person(Base):
    name = CharField(unique=True)
    born = DateField(null=True)
    boss = ForeignKeyField("self", null=True, backref="staff")


class Pet(Base):
    owner = ForeignKeyField(Person, backref="pets", on_delete="CASCADE")
    name = CharField(index=True)
    age = IntegerField(default=1)


db.create_tables([Person, Pet])
people = {n: Person.create(name=n, born=datetime.date(1980 + i, 1, 1)) for i, n in enumerate(["ann", "bob", "cid"])}
Person.update(boss=people["ann"]).where(Person.name != "ann").execute()
with db.atomic():
    Pet.insert_many([{"owner": people[o], "name": n, "age": a} for o, n, a in [("ann", "rex", 3), ("ann", "tom", 5), ("bob", "zoe", 2)]]).execute()
q = Person.select(Person.name, fn.COUNT(Pet.id).alias("n"), fn.AVG(Pet.age).alias("age")).join(Pet, JOIN.LEFT_OUTER).group_by(Person.name).order_by(fn.COUNT(Pet.id).desc(), Person.name)
print(q.sql(), [(p.name, p.n, p.age) for p in q])
print([p.name for p in Person.get(Person.name == "ann").staff.order_by(Person.name)], [(p.name, [x.name for x in p.pets]) for p in prefetch(Person.select(), Pet.select())])
print(list(Pet.select(Pet.name, Case(None, [(Pet.age > 2, "old")], "young").alias("c")).where((Pet.age.between(2, 5)) & ~(Pet.name.startswith("t"))).dicts()))
try:
    with db.atomic():
        Person.create(name="dee")
        Person.create(name="ann")
except IntegrityError as error:
    print(error, Person.select().count())
try:
    Pet.get(Pet.name == "none")
except DoesNotExist as error:
    print(type(error).__name__, str(error).split("\n")[0])
print(people["ann"].delete_instance(recursive=True), Pet.select().count(), Pet.get_or_create(name="new", defaults={"owner": Person.create(name="eve")})[1])
level = Person.select(Person.name.alias("x")).cte("t")
print(Person.select(level.c.x).join(level, on=(Person.name == level.c.x)).with_cte(level).sql()[0], db.get_tables(), [c.name for c in db.get_columns("pet")])
