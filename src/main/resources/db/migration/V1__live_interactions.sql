-- What users do, as it happens. The key is the index that a user's history is read by, newest last.
create table interaction (
    user_id varchar(256) not null,
    item_id varchar(256) not null,
    occurred_at timestamp(6) with time zone not null,
    weight double precision not null,
    recommendation_id varchar(128),
    recorded_at timestamp(6) with time zone not null default current_timestamp,
    constraint interaction_key primary key (user_id, occurred_at, item_id)
);

-- Items that users have taken back: what an artifact or a file says of the pair does not count any more, what is in
-- the table above does.
create table removal (
    user_id varchar(256) not null,
    item_id varchar(256) not null,
    removed_at timestamp(6) with time zone not null default current_timestamp,
    constraint removal_key primary key (user_id, item_id)
);

-- Users who have been erased, by the SHA-256 of their id in hexadecimal: what an artifact or a file says of them does
-- not count any more, what is in the first table does.
create table erasure (
    user_hash char(64) not null,
    erased_at timestamp(6) with time zone not null default current_timestamp,
    constraint erasure_key primary key (user_hash)
);

-- Writes that carried an Idempotency-Key, and what they were answered.
create table idempotent_write (
    user_id varchar(256) not null,
    idempotency_key varchar(256) not null,
    request_hash char(64) not null,
    recorded integer not null,
    duplicates integer not null,
    recorded_at timestamp(6) with time zone not null default current_timestamp,
    constraint idempotent_write_key primary key (user_id, idempotency_key)
);

create index idempotent_write_age on idempotent_write (recorded_at);
