import accounts.models.user
import accounts.models.workspace
import django.core.validators
import accounts.models.messages
import datetime
import accounts.models.mail
import accounts.models.feed
import django.db.models.deletion
import django.utils.timezone
import guardian.mixins
from django.conf import settings
from django.db import migrations, models
from laseros.core.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    dependencies = [
        ('auth', '0012_alter_user_first_name_max_length'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Workspace',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('slug', models.SlugField(unique=True, verbose_name='short name')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('legal_name', models.CharField(blank=True, max_length=200, verbose_name='legal name')),
                ('logo', models.FileField(blank=True, help_text='PNG or JPEG, shown on documents', upload_to='logos/', verbose_name='logo')),
                ('colour', models.CharField(default='#1d5fbf', max_length=7, validators=[django.core.validators.RegexValidator('^#[0-9a-fA-F]{6}$', 'A colour like #1d5fbf')], verbose_name='colour')),
                ('address', models.TextField(blank=True, verbose_name='address')),
                ('country', models.CharField(default='ZA', max_length=2, verbose_name='country')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('vat_number', models.CharField(blank=True, max_length=40, verbose_name='VAT number')),
                ('tax_number', models.CharField(blank=True, help_text='Where there is no VAT number, and beside it in Germany', max_length=40, verbose_name='tax number')),
                ('small_business', models.BooleanField(default=False, help_text='§ 19 UStG: invoices carry no VAT and say so', verbose_name='small business without VAT')),
                ('prices_with_tax', models.CharField(choices=[('never', 'nobody: tax is added to all prices'), ('private', 'private clients'), ('all', 'all clients')], default='never', help_text='Of new quotes, jobs and invoices; a client may be an exception, and a draft can be switched', max_length=7, verbose_name='prices include tax for')),
                ('registration_number', models.CharField(blank=True, max_length=60, verbose_name='registration number')),
                ('bank_details', models.TextField(blank=True, verbose_name='bank details')),
                ('currency', models.CharField(default='ZAR', max_length=3, verbose_name='currency')),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'German')], default='en', max_length=8, verbose_name='language')),
                ('timezone', models.CharField(default='Africa/Johannesburg', max_length=60, verbose_name='timezone')),
                ('number_formats', models.JSONField(blank=True, default=dict, help_text='Only what differs from the usual formats', verbose_name='number formats')),
                ('modules', models.JSONField(blank=True, default=accounts.models.workspace.all_modules, verbose_name='modules')),
                ('home_assistant', models.BooleanField(default=False, help_text='Over the MQTT broker of the installation (MQTT_URL): to look at, not to control.', verbose_name='show the machines in Home Assistant')),
                ('portal_orders', models.CharField(choices=[('off', 'no uploads'), ('ask', 'see the price and ask for a quote'), ('terms', 'order, for clients with payment terms or a credit of their own'), ('all', 'order, for every client')], default='off', max_length=5, verbose_name='drawings uploaded by clients')),
                ('portal_order_limit', models.DecimalField(blank=True, decimal_places=4, help_text='What is more can only be asked for; empty: no limit', max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='orders up to (without tax)')),
                ('portal_uploads', models.PositiveSmallIntegerField(default=60, validators=[django.core.validators.MinValueValidator(1), django.core.validators.MaxValueValidator(1000)], verbose_name='files a client may upload in a day')),
                ('takes_at_once', models.BooleanField(default=False, help_text='When a job is approved. Otherwise it is reserved and booked out as it is used.', verbose_name='take material out of stock at once')),
                ('checks_deliveries', models.BooleanField(default=True, help_text='Nothing is shipped before somebody else than the packer has ticked every line.', verbose_name='a second person checks deliveries')),
                ('invoices_delivered', models.BooleanField(default=False, help_text='Otherwise what is made is invoiced, delivered or not.', verbose_name='invoice what is delivered')),
                ('quote_terms', models.TextField(blank=True, verbose_name='terms on quotes')),
                ('quote_valid_days', models.PositiveSmallIntegerField(default=30, verbose_name='quotes are valid for (days)')),
                ('payment_days', models.PositiveSmallIntegerField(default=30, verbose_name='payment within (days)')),
                ('silent_occasions', models.JSONField(blank=True, default=accounts.models.workspace.silent_at_first, editable=False)),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
            ],
            options={
                'verbose_name': 'business',
                'verbose_name_plural': 'businesses',
                'ordering': ['name'],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('country', 'US'), _negated=True), ('prices_with_tax', 'never'), _connector='OR'), name='workspace_tax_on_top', violation_error_message='In the United States sales tax is added to prices.')],
            },
        ),
        migrations.CreateModel(
            name='User',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('password', models.CharField(max_length=128, verbose_name='password')),
                ('last_login', models.DateTimeField(blank=True, null=True, verbose_name='last login')),
                ('is_superuser', models.BooleanField(default=False, help_text='Designates that this user has all permissions without explicitly assigning them.', verbose_name='superuser status')),
                ('email', models.EmailField(max_length=254, unique=True, verbose_name='e-mail')),
                ('name', models.CharField(blank=True, max_length=120, verbose_name='name')),
                ('language', models.CharField(blank=True, choices=[('en', 'English'), ('de', 'German')], help_text="Empty: that of the business", max_length=8, verbose_name='language')),
                ('is_staff', models.BooleanField(default=False, verbose_name='runs the installation')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('date_joined', models.DateTimeField(default=django.utils.timezone.now, verbose_name='joined')),
                ('groups', models.ManyToManyField(blank=True, help_text='The groups this user belongs to. A user will get all permissions granted to each of their groups.', related_name='user_set', related_query_name='user', to='auth.group', verbose_name='groups')),
                ('user_permissions', models.ManyToManyField(blank=True, help_text='Specific permissions for this user.', related_name='user_set', related_query_name='user', to='auth.permission', verbose_name='user permissions')),
            ],
            options={
                'verbose_name': 'person',
                'verbose_name_plural': 'people',
                'ordering': ['email'],
            },
            bases=(guardian.mixins.GuardianUserMixin, models.Model),
            managers=[
                ('objects', accounts.models.user.UserManager()),
            ],
        ),
        migrations.CreateModel(
            name='Sequence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('prefix', models.CharField(max_length=80)),
                ('last', models.PositiveIntegerField(default=0)),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'constraints': [models.UniqueConstraint(fields=('workspace', 'prefix'), name='sequence_once')],
            },
        ),
        migrations.CreateModel(
            name='SavedView',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('page', models.CharField(max_length=80, verbose_name='page')),
                ('label', models.CharField(max_length=60, verbose_name='name')),
                ('query', models.CharField(blank=True, max_length=1000, verbose_name='filters')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'saved list',
                'verbose_name_plural': 'saved lists',
                'ordering': ['label', 'id'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'user', 'page', 'label'), name='saved_view_once')],
            },
        ),
        migrations.CreateModel(
            name='CalendarFeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('nonce', models.CharField(default=accounts.models.feed.fresh_nonce, max_length=24)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('revoked_at', models.DateTimeField(editable=False, null=True, verbose_name='revoked')),
            ],
            options={
                'verbose_name': 'calendar address',
                'verbose_name_plural': 'calendar addresses',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('workspace', 'user'), name='calendar_feed_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageHook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('name', models.CharField(max_length=80, verbose_name='name')),
                ('url', models.CharField(max_length=400, verbose_name='address')),
                ('occasions', models.JSONField(default=list, verbose_name='on these occasions')),
                ('body', models.TextField(verbose_name='what is posted')),
                ('secret', models.CharField(default=accounts.models.messages.fresh_secret, editable=False, max_length=60, verbose_name='secret')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
            ],
            options={
                'verbose_name': 'chat or SMS',
                'verbose_name_plural': 'chat and SMS',
                'ordering': ['name', 'id'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'name'), name='message_hook_once')],
            },
        ),
        migrations.CreateModel(
            name='MessageWording',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('occasion', models.CharField(max_length=40, verbose_name='occasion')),
                ('language', models.CharField(choices=[('en', 'English'), ('de', 'German')], max_length=8, verbose_name='language')),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('body', models.TextField(verbose_name='text')),
            ],
            options={
                'verbose_name': 'message text',
                'verbose_name_plural': 'message texts',
                'ordering': ['occasion', 'language'],
                'permissions': [('word_messages', 'Can change what messages say and when they are sent')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'occasion', 'language'), name='message_wording_once')],
            },
        ),
        migrations.CreateModel(
            name='MessagePreferences',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('choices', models.JSONField(blank=True, default=dict)),
                ('timezone', models.CharField(blank=True, max_length=60, verbose_name='timezone')),
                ('quiet_from', models.TimeField(blank=True, null=True, verbose_name='quiet from')),
                ('quiet_until', models.TimeField(blank=True, null=True, verbose_name='quiet until')),
                ('digest_at', models.TimeField(default=datetime.time(8, 0), verbose_name='daily digest at')),
            ],
            options={
                'verbose_name': 'message preferences',
                'verbose_name_plural': 'message preferences',
                'ordering': ['id'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'user'), name='message_preferences_once')],
            },
        ),
        migrations.CreateModel(
            name='OutgoingMail',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('key', models.CharField(max_length=120)),
                ('kind', models.CharField(blank=True, max_length=40, verbose_name='occasion')),
                ('hook', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='accounts.messagehook', verbose_name='chat or SMS')),
                ('to', models.CharField(max_length=254, verbose_name='to')),
                ('reader', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('reply_to', models.EmailField(blank=True, max_length=254, verbose_name='answers go to')),
                ('about_type', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('about_id', models.PositiveBigIntegerField(blank=True, null=True)),
                ('language', models.CharField(blank=True, max_length=8)),
                ('subject', models.CharField(max_length=200, verbose_name='subject')),
                ('text', models.TextField(verbose_name='text')),
                ('html', models.TextField(blank=True)),
                ('attachments', models.JSONField(blank=True, default=list)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('held', 'for the daily digest'), ('sending', 'sending'), ('handing', 'being handed over'), ('sent', 'sent'), ('bundled', 'sent in a digest'), ('unclear', 'nobody knows whether it arrived'), ('failed', 'failed'), ('withdrawn', 'not sent, it was taken back')], default='waiting', max_length=10, verbose_name='state')),
                ('error', models.TextField(blank=True, verbose_name='what went wrong')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='not before')),
                ('until', models.DateTimeField(default=accounts.models.mail.until_given_up, editable=False)),
                ('handed_at', models.DateTimeField(blank=True, editable=False, null=True)),
                ('sent_at', models.DateTimeField(blank=True, null=True, verbose_name='sent')),
            ],
            options={
                'verbose_name': 'message',
                'verbose_name_plural': 'messages',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['workspace', '-id'], name='mail_by_workspace'), models.Index(fields=['workspace', 'state', '-id'], name='mail_by_state'), models.Index(fields=['about_type', 'about_id'], name='mail_by_about'), models.Index(condition=models.Q(('state__in', ('waiting', 'held', 'sending', 'handing'))), fields=['due_at'], name='mail_open')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'key'), name='mail_once')],
            },
        ),
        migrations.CreateModel(
            name='Membership',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(choices=[('admin', 'Administrator'), ('manager', 'Manager'), ('office', 'Office'), ('operator', 'Operator'), ('viewer', 'Viewer')], max_length=12, verbose_name='role')),
                ('is_active', models.BooleanField(default=True, verbose_name='active')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='memberships', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'member',
                'verbose_name_plural': 'members',
                'ordering': ['user__email'],
                'permissions': [('use_back_office', 'Can work in the back office'), ('see_money', 'Can see prices, costs and amounts'), ('hand_out_floor_keys', 'Can reset and unlock PINs and print badges')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'user'), name='membership_once')],
            },
        ),
        migrations.CreateModel(
            name='BackgroundTask',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='task')),
                ('subject', models.CharField(blank=True, max_length=200, verbose_name='about')),
                ('arguments', models.JSONField(default=list)),
                ('state', models.CharField(choices=[('waiting', 'waiting'), ('running', 'running'), ('done', 'done'), ('failed', 'failed')], default='waiting', max_length=10, verbose_name='state')),
                ('tries', models.PositiveSmallIntegerField(default=0, verbose_name='tries')),
                ('error', models.TextField(blank=True, verbose_name='what went wrong')),
                ('queued_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='queued')),
                ('started_at', models.DateTimeField(blank=True, null=True, verbose_name='started')),
                ('finished_at', models.DateTimeField(blank=True, null=True, verbose_name='finished')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'background task',
                'verbose_name_plural': 'background tasks',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['workspace', '-id'], name='work_by_workspace'), models.Index(fields=['workspace', 'state', '-id'], name='work_by_state')],
            },
        ),
        migrations.CreateModel(
            name='Activity',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='when')),
                ('actor_name', models.CharField(max_length=160, verbose_name='who')),
                ('verb', models.CharField(max_length=60, verbose_name='what')),
                ('target_id', models.PositiveBigIntegerField()),
                ('target_label', models.CharField(max_length=200, verbose_name='record')),
                ('details', models.JSONField(blank=True, default=dict, verbose_name='details')),
                ('money', models.JSONField(blank=True, default=dict, verbose_name='amounts')),
                ('actor', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('target_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype', verbose_name='kind')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('station', models.CharField(blank=True, max_length=80, verbose_name='tablet')),
            ],
            options={
                'verbose_name': 'activity',
                'verbose_name_plural': 'activity log',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['workspace', '-at', '-id'], name='activity_by_workspace'), models.Index(fields=['target_type', 'target_id', '-id'], name='activity_by_target')],
            },
        ),
        migrations.CreateModel(
            name='Pin',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('digest', models.CharField(editable=False, max_length=200)),
                ('set_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='set')),
                ('failed', models.PositiveIntegerField(default=0, editable=False, verbose_name='wrong in a row')),
                ('locked_until', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='locked until')),
                ('membership', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='pin', to='accounts.membership', verbose_name='member')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'PIN',
                'verbose_name_plural': 'PINs',
                'ordering': ['membership'],
            },
        ),
        migrations.CreateModel(
            name='Badge',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('nonce', models.CharField(editable=False, max_length=32)),
                ('made_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made')),
                ('used_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='last used')),
                ('revoked_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='revoked')),
                ('made_by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='made by')),
                ('membership', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='badges', to='accounts.membership', verbose_name='member')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'badge',
                'verbose_name_plural': 'badges',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('revoked_at', None)), fields=('membership',), name='badge_one_at_a_time')],
            },
        ),
    ]
