import machines.models.file
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import laseros.core.drivers
from decimal import Decimal
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
    ]

    operations = [
        migrations.CreateModel(
            name='Machine',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('kind', models.CharField(choices=[('laser', 'Laser'), ('printer', '3D printer')], default='laser', max_length=10, verbose_name='kind')),
                ('model', models.CharField(blank=True, max_length=120, verbose_name='make and model')),
                ('driver', models.CharField(default='manual', help_text="manual: the operator's terminal is the truth", max_length=40, verbose_name='connection')),
                ('options', models.JSONField(blank=True, default=dict, verbose_name='connection settings')),
                ('sealed', models.TextField(blank=True, default='', editable=False)),
                ('bed_width_mm', models.PositiveIntegerField(default=0, verbose_name='bed width mm')),
                ('bed_height_mm', models.PositiveIntegerField(default=0, verbose_name='bed depth mm')),
                ('nozzle_mm', models.DecimalField(blank=True, decimal_places=2, max_digits=4, null=True, verbose_name='nozzle mm')),
                ('power_w', models.PositiveIntegerField(default=0, verbose_name='power W')),
                ('acceleration_mm_s2', models.PositiveIntegerField(default=9810, verbose_name='acceleration mm/s²')),
                ('rapid_mm_min', models.PositiveIntegerField(default=100000, verbose_name='rapid mm/min')),
                ('corner_mm', models.DecimalField(decimal_places=3, default=Decimal('0.02'), help_text='How far the path may leave a corner to get round it without stopping', max_digits=5, validators=[django.core.validators.MinValueValidator(Decimal('0.001'))], verbose_name='corner tolerance mm')),
                ('load_seconds', models.PositiveIntegerField(default=0, help_text='From one sheet to the next, while nothing is cut', verbose_name='load a sheet, s')),
                ('hourly_rate', models.DecimalField(decimal_places=4, default=Decimal('0'), max_digits=16, verbose_name='hourly rate')),
                ('position', models.PositiveSmallIntegerField(default=0, verbose_name='order on the board')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                ('queue_version', models.PositiveBigIntegerField(default=0, editable=False)),
                ('lease_owner', models.CharField(blank=True, editable=False, max_length=80)),
                ('lease_until', models.DateTimeField(blank=True, editable=False, null=True)),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'machine',
                'verbose_name_plural': 'machines',
                'ordering': ['position', 'name'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'name'), name='machine_name_once')],
            },
        ),
        migrations.CreateModel(
            name='WatcherSeat',
            fields=[
                ('owner', models.CharField(max_length=80, primary_key=True, serialize=False)),
                ('most', models.PositiveIntegerField(null=True)),
                ('until', models.DateTimeField()),
            ],
            options={
                'verbose_name': 'watcher',
                'verbose_name_plural': 'watchers',
            },
        ),
        migrations.CreateModel(
            name='Command',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=20, verbose_name='command')),
                ('arguments', models.JSONField(blank=True, default=dict)),
                ('key', models.CharField(max_length=120)),
                ('state', models.CharField(choices=[('requested', 'requested'), ('sent', 'sent'), ('acknowledged', 'acknowledged'), ('confirmed', 'done'), ('refused', 'refused'), ('timed_out', 'timed out')], default='requested', max_length=14, verbose_name='state')),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='answer')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='asked')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='answered')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('machine', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='commands', to='machines.machine', verbose_name='machine')),
            ],
            options={
                'verbose_name': 'command',
                'verbose_name_plural': 'commands',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['workspace', '-id'], name='command_by_workspace')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'key'), name='command_key_once'), models.UniqueConstraint(condition=models.Q(('state__in', ['requested', 'sent'])), fields=('machine',), name='command_one_in_flight')],
            },
        ),
        migrations.CreateModel(
            name='MachineJob',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200)),
                ('native_key', models.CharField(blank=True, max_length=160)),
                ('name', models.CharField(blank=True, max_length=200, verbose_name='work')),
                ('file', models.CharField(blank=True, max_length=300, verbose_name='file')),
                ('started_at', models.DateTimeField(verbose_name='started')),
                ('ended_at', models.DateTimeField(blank=True, null=True, verbose_name='ended')),
                ('outcome', models.CharField(blank=True, choices=[('finished', 'finished'), ('cancelled', 'cancelled'), ('failed', 'failed'), ('unclear', 'ended unseen')], max_length=10, verbose_name='outcome')),
                ('settled', models.BooleanField(default=False)),
                ('why', models.CharField(blank=True, max_length=300, verbose_name='reason')),
                ('progress', models.FloatField(default=0, verbose_name='progress')),
                ('seen_from', models.FloatField(default=0)),
                ('grams_planned', models.FloatField(blank=True, null=True)),
                ('grams', models.FloatField(blank=True, null=True, verbose_name='filament g')),
                ('metres', models.FloatField(blank=True, null=True, verbose_name='filament m')),
                ('kwh_before', models.FloatField(blank=True, null=True)),
                ('kwh', models.FloatField(blank=True, null=True, verbose_name='energy kWh')),
                ('feeding', models.JSONField(blank=True, default=dict)),
                ('claim', models.CharField(choices=[('open', 'whose is this?'), ('ours', 'of a job'), ('nobodys', 'not for a job')], default='open', max_length=8, verbose_name='belongs')),
                ('work', models.CharField(blank=True, max_length=200, verbose_name='made for')),
                ('machine', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='jobs', to='machines.machine', verbose_name='machine')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'machine job',
                'verbose_name_plural': 'machine jobs',
                'ordering': ['-started_at', '-id'],
                'indexes': [models.Index(fields=['workspace', '-started_at'], name='machine_job_by_workspace'), models.Index(fields=['machine', '-started_at'], name='machine_job_by_machine')],
                'constraints': [models.UniqueConstraint(fields=('machine', 'key'), name='machine_job_once'), models.UniqueConstraint(condition=models.Q(('ended_at', None)), fields=('machine',), name='machine_job_one_open'), models.CheckConstraint(condition=models.Q(models.Q(('ended_at', None), ('outcome', '')), models.Q(('ended_at__isnull', False), models.Q(('outcome', ''), _negated=True)), _connector='OR'), name='machine_job_ends_somehow')],
            },
        ),
        migrations.CreateModel(
            name='Sample',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField()),
                ('values', models.JSONField(default=dict)),
                ('machine', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='samples', to='machines.machine', verbose_name='machine')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'sample',
                'verbose_name_plural': 'samples',
                'ordering': ['at'],
                'indexes': [models.Index(fields=['at'], name='sample_by_time')],
                'constraints': [models.UniqueConstraint(fields=('machine', 'at'), name='sample_once')],
            },
        ),
        migrations.CreateModel(
            name='StateChange',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(verbose_name='when')),
                ('before', models.CharField(choices=[('offline', 'offline'), ('idle', 'idle'), ('preparing', 'preparing'), ('running', 'running'), ('paused', 'paused'), ('finished', 'finished'), ('error', 'error'), ('maintenance', 'maintenance'), ('unknown', 'unknown')], max_length=12, verbose_name='from')),
                ('after', models.CharField(choices=[('offline', 'offline'), ('idle', 'idle'), ('preparing', 'preparing'), ('running', 'running'), ('paused', 'paused'), ('finished', 'finished'), ('error', 'error'), ('maintenance', 'maintenance'), ('unknown', 'unknown')], max_length=12, verbose_name='to')),
                ('job_key', models.CharField(blank=True, max_length=160)),
                ('job_name', models.CharField(blank=True, max_length=200, verbose_name='job')),
                ('progress', models.FloatField(blank=True, null=True, verbose_name='progress')),
                ('message', models.CharField(blank=True, max_length=300, verbose_name='message')),
                ('version', models.PositiveBigIntegerField()),
                ('machine', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='changes', to='machines.machine', verbose_name='machine')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'state change',
                'verbose_name_plural': 'state changes',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['workspace', '-id'], name='state_change_by_workspace')],
                'constraints': [models.UniqueConstraint(fields=('machine', 'version'), name='state_change_once')],
            },
        ),
        migrations.CreateModel(
            name='MachineStatus',
            fields=[
                ('machine', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='status', serialize=False, to='machines.machine')),
                ('current', models.CharField(choices=[('offline', 'offline'), ('idle', 'idle'), ('preparing', 'preparing'), ('running', 'running'), ('paused', 'paused'), ('finished', 'finished'), ('error', 'error'), ('maintenance', 'maintenance'), ('unknown', 'unknown')], default=laseros.core.drivers.State['UNKNOWN'], max_length=12, verbose_name='state')),
                ('raw_state', models.CharField(blank=True, max_length=80)),
                ('since', models.DateTimeField(blank=True, null=True, verbose_name='since')),
                ('seen_at', models.DateTimeField(blank=True, null=True, verbose_name='last heard')),
                ('job_key', models.CharField(blank=True, max_length=160)),
                ('job_name', models.CharField(blank=True, max_length=200, verbose_name='job')),
                ('progress', models.FloatField(blank=True, null=True, verbose_name='progress')),
                ('seconds_left', models.PositiveIntegerField(blank=True, null=True, verbose_name='time left')),
                ('message', models.CharField(blank=True, max_length=300, verbose_name='message')),
                ('values', models.JSONField(blank=True, default=dict)),
                ('file', models.CharField(blank=True, max_length=300)),
                ('trays', models.JSONField(blank=True, default=list)),
                ('troubles', models.JSONField(blank=True, default=list)),
                ('raw', models.JSONField(blank=True, default=dict)),
                ('first_seen_at', models.DateTimeField(blank=True, null=True)),
                ('sampled_at', models.DateTimeField(blank=True, null=True)),
                ('version', models.PositiveBigIntegerField(default=0)),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'machine status',
                'verbose_name_plural': 'machine statuses',
            },
        ),
        migrations.CreateModel(
            name='PrintFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(blank=True, max_length=300, verbose_name='place on the machine')),
                ('name', models.CharField(max_length=200, verbose_name='name')),
                ('size', models.PositiveBigIntegerField(null=True, verbose_name='file size')),
                ('modified_at', models.DateTimeField(null=True, verbose_name='written')),
                ('seen_at', models.DateTimeField(null=True, verbose_name='last seen there')),
                ('state', models.CharField(choices=[('available', 'on the machine'), ('fetching', 'being fetched'), ('downloaded', 'on both'), ('local', 'only here'), ('sending', 'being sent')], default='available', editable=False, max_length=12, verbose_name='state')),
                ('done_bytes', models.PositiveBigIntegerField(default=0)),
                ('reason', models.CharField(blank=True, max_length=300, verbose_name='why not')),
                ('content', models.FileField(blank=True, max_length=200, upload_to=machines.models.file.stored_name)),
                ('sha256', models.CharField(blank=True, max_length=64, verbose_name='checksum')),
                ('facts', models.JSONField(default=dict)),
                ('picture', models.FileField(blank=True, max_length=200, upload_to='prints/')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='found')),
                ('machine', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='files', to='machines.machine', verbose_name='machine')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'printer file',
                'verbose_name_plural': 'printer files',
                'ordering': ['-modified_at', '-id'],
                'indexes': [models.Index(fields=['workspace', '-modified_at'], name='print_file_by_workspace'), models.Index(fields=['workspace', 'sha256'], name='print_file_by_hash')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('path', ''), _negated=True), fields=('machine', 'path'), name='print_file_one_at_its_place'), models.UniqueConstraint(condition=models.Q(('machine', None)), fields=('workspace', 'sha256'), name='print_file_once_without_machine')],
            },
        ),
    ]
