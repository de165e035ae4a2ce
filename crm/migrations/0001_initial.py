import crm.models.access_link
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models
from laseros.core.first_migration import FirstMigration


class Migration(FirstMigration):

    initial = True

    dependencies = [
        ('accounts', '0001_initial'),
        ('accounts', '__first__'),
        # Before our tables: what they redraw is little then, and a new database stands a third sooner.
        ('django_q', '0019_alter_task_options_alter_ormq_key_alter_ormq_lock_and_more'),
        ('guardian', '0003_remove_groupobjectpermission_guardian_gr_content_ae6aec_idx_and_more'),
        ('contenttypes', '0002_remove_content_type_name'),
    ]

    operations = [
        migrations.CreateModel(
            name='Tag',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=40, verbose_name='name')),
                ('colour', models.CharField(choices=[('grey', 'grey'), ('blue', 'blue'), ('green', 'green'), ('amber', 'amber'), ('red', 'red'), ('violet', 'violet')], default='grey', max_length=6, verbose_name='colour')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'tag',
                'verbose_name_plural': 'tags',
                'ordering': ['name'],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'name'), name='tag_once')],
            },
        ),
        migrations.CreateModel(
            name='Client',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(editable=False, max_length=20, verbose_name='code')),
                ('name', models.CharField(max_length=160, verbose_name='name')),
                ('kind', models.CharField(choices=[('business', 'Business'), ('private', 'Private')], default='business', max_length=10, verbose_name='kind')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('vat_number', models.CharField(blank=True, max_length=40, verbose_name='VAT number')),
                ('payment_days', models.PositiveSmallIntegerField(blank=True, help_text="Empty: that of the business", null=True, verbose_name='payment within (days)')),
                ('discount_percent', models.DecimalField(decimal_places=2, default=0, max_digits=5, validators=[django.core.validators.MinValueValidator(0), django.core.validators.MaxValueValidator(100)], verbose_name='discount %')),
                ('prices_with_tax', models.CharField(blank=True, choices=[('yes', 'yes'), ('no', 'no')], help_text='Empty: as the workspace says', max_length=3, verbose_name='prices include tax')),
                ('credit_limit', models.DecimalField(blank=True, decimal_places=4, default=None, help_text='What they may owe with what is being made; quotes and jobs warn beyond it. Empty: none', max_digits=16, null=True, validators=[django.core.validators.MinValueValidator(0)], verbose_name='credit limit')),
                ('notes', models.TextField(blank=True, verbose_name='notes')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='since')),
                ('archived_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='archived')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('buyer_reference', models.CharField(blank=True, help_text='Leitweg-ID of a public client, or what they ask for', max_length=60, verbose_name='buyer reference')),
                ('invoice_format', models.CharField(choices=[('pdf', 'PDF'), ('facturx-pdf', 'PDF with XML inside (ZUGFeRD, Factur-X)'), ('xrechnung-cii', 'XRechnung (CII)'), ('xrechnung-ubl', 'XRechnung (UBL)')], default='pdf', max_length=14, verbose_name='invoices as')),
                ('tags', models.ManyToManyField(blank=True, related_name='clients', to='crm.tag', verbose_name='tags')),
                ('merged_into', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='merged', to='crm.client', verbose_name='merged into')),
                ('takes_in', models.BooleanField(default=False, editable=False)),
            ],
            options={
                'verbose_name': 'client',
                'verbose_name_plural': 'clients',
                'ordering': ['-id'],
                'permissions': [('act_for_client', 'Can see and decide for this client in the portal'), ('merge_client', 'Can merge duplicates of clients')],
                'indexes': [models.Index(fields=['workspace', '-id'], name='client_by_workspace'), models.Index(fields=['workspace', 'name'], name='client_by_name')],
                'constraints': [models.UniqueConstraint(fields=('workspace', 'code'), name='client_code_once'), models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('archived_at__isnull', False), ('takes_in', False)), _connector='OR'), name='client_merged_once'), models.CheckConstraint(condition=models.Q(('merged_into', None), models.Q(('merged_into', models.F('id')), _negated=True), _connector='OR'), name='client_merged_into_another')],
            },
        ),
        migrations.CreateModel(
            name='Address',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('invoice', 'Invoice'), ('delivery', 'Delivery')], default='invoice', max_length=10, verbose_name='kind')),
                ('street', models.CharField(max_length=200, verbose_name='street')),
                ('postcode', models.CharField(blank=True, max_length=20, verbose_name='postcode')),
                ('city', models.CharField(max_length=120, verbose_name='city')),
                ('state', models.CharField(blank=True, max_length=2, verbose_name='state')),
                ('country', models.CharField(blank=True, max_length=2, verbose_name='country')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='addresses', to='crm.client', verbose_name='client')),
            ],
            options={
                'verbose_name': 'address',
                'verbose_name_plural': 'addresses',
                'ordering': ['id'],
            },
        ),
        migrations.CreateModel(
            name='ExemptionCertificate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('number', models.CharField(max_length=60, verbose_name='number')),
                ('state', models.CharField(max_length=2, verbose_name='state')),
                ('valid_from', models.DateField(blank=True, help_text='Empty: since ever', null=True, verbose_name='from')),
                ('valid_until', models.DateField(blank=True, help_text='The last day; empty: until further', null=True, verbose_name='until')),
                ('file', models.FileField(blank=True, editable=False, max_length=200, upload_to='exemptions/', verbose_name='certificate')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='certificates', to='crm.client', verbose_name='client')),
            ],
            options={
                'verbose_name': 'exemption certificate',
                'verbose_name_plural': 'exemption certificates',
                'ordering': ['valid_until', 'id'],
            },
        ),
        migrations.CreateModel(
            name='Contact',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('name', models.CharField(max_length=120, verbose_name='name')),
                ('email', models.EmailField(blank=True, max_length=254, verbose_name='e-mail')),
                ('phone', models.CharField(blank=True, max_length=40, verbose_name='phone')),
                ('role', models.CharField(blank=True, max_length=80, verbose_name='position')),
                ('sees_money', models.BooleanField(default=True, verbose_name='sees prices, quotes and invoices')),
                ('may_order', models.BooleanField(default=True, verbose_name='may order and accept')),
                ('manages_people', models.BooleanField(default=False, help_text='Invites people of this client and says what they may', verbose_name='manages their colleagues')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='contacts', to='crm.client', verbose_name='client')),
                ('user', models.ForeignKey(blank=True, editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='contacts', to=settings.AUTH_USER_MODEL, verbose_name='log-in')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'contact',
                'verbose_name_plural': 'contacts',
                'ordering': ['name'],
                'indexes': [models.Index(fields=['workspace', 'name'], name='contact_by_name')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('user__isnull', False)), fields=('client', 'user'), name='contact_log_in_once')],
            },
        ),
        migrations.CreateModel(
            name='AccessLink',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('target_id', models.PositiveBigIntegerField()),
                ('nonce', models.CharField(default=crm.models.access_link.fresh_nonce, max_length=24)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='made')),
                ('expires_at', models.DateTimeField(verbose_name='valid until')),
                ('revoked_at', models.DateTimeField(blank=True, null=True, verbose_name='revoked')),
                ('opened_at', models.DateTimeField(blank=True, null=True, verbose_name='last opened')),
                ('target_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='contenttypes.contenttype')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='links', to='crm.client', verbose_name='client')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='links', to='crm.contact', verbose_name='contact')),
            ],
            options={
                'verbose_name': 'client link',
                'verbose_name_plural': 'client links',
                'ordering': ['-id'],
                'indexes': [models.Index(fields=['target_type', 'target_id'], name='link_by_target')],
            },
        ),
        migrations.CreateModel(
            name='Entry',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='entries', to='crm.client', verbose_name='client')),
                ('contact', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='crm.contact', verbose_name='contact')),
                ('kind', models.CharField(choices=[('call', 'Call'), ('visit', 'Visit'), ('mail', 'Mail'), ('note', 'Note')], default='note', max_length=5, verbose_name='kind')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('text', models.TextField(verbose_name='text')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('key', models.CharField(editable=False, max_length=40)),
            ],
            options={
                'verbose_name': 'entry',
                'verbose_name_plural': 'entries',
                'ordering': ['-at', '-id'],
                'indexes': [models.Index(fields=['client', '-at'], name='entry_of_client')],
                'constraints': [models.UniqueConstraint(fields=('client', 'key'), name='entry_once')],
            },
        ),
        migrations.CreateModel(
            name='FollowUp',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
                ('client', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='follow_ups', to='crm.client', verbose_name='client')),
                ('what', models.CharField(max_length=200, verbose_name='what')),
                ('due_on', models.DateField(verbose_name='due')),
                ('person', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='person')),
                ('done_at', models.DateTimeField(blank=True, editable=False, null=True, verbose_name='done')),
                ('done_by', models.ForeignKey(editable=False, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='done by')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now, editable=False, verbose_name='written')),
                ('key', models.CharField(editable=False, max_length=40)),
            ],
            options={
                'verbose_name': 'follow-up',
                'verbose_name_plural': 'follow-ups',
                'ordering': ['due_on', 'id'],
                'indexes': [models.Index(condition=models.Q(('done_at', None)), fields=['workspace', 'due_on'], name='follow_up_open'), models.Index(fields=['client', 'due_on'], name='follow_up_of_client')],
                'constraints': [models.UniqueConstraint(fields=('client', 'key'), name='follow_up_once')],
            },
        ),
        migrations.CreateModel(
            name='NotDuplicate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('at', models.DateTimeField(default=django.utils.timezone.now, verbose_name='when')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='who')),
                ('first', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.client', verbose_name='client')),
                ('second', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='crm.client', verbose_name='client')),
                ('workspace', models.ForeignKey(db_index=False, editable=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.workspace', verbose_name='workspace')),
            ],
            options={
                'verbose_name': 'pair that is two clients',
                'verbose_name_plural': 'pairs that are two clients',
                'ordering': ['-id'],
                'constraints': [models.UniqueConstraint(fields=('first', 'second'), name='not_duplicate_once'), models.CheckConstraint(condition=models.Q(('first__lt', models.F('second'))), name='not_duplicate_older_first')],
            },
        ),
    ]
