"""Do the program's work as jobs of a queue in the archive's database, with Procrastinate.

Any number of workers on any number of machines take jobs from it: one a source to be read, one to
judge what is new, one to build and send what is due. The clock's jobs are put there by whichever
worker is awake, once. What a worker that was killed had begun, another one does again; all jobs
can be done twice: sources say when they were read, the ledger says what was sent.
"""
